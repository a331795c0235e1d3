import type { FileRow } from '../../kernel/csv/parse-cells.ts'
import { withoutName } from '../../kernel/csv/without-name.ts'
import type { Database } from '../../kernel/database.ts'
import { formatAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import { hashAddress, type Keys } from '../../kernel/keys.ts'
import type { Newsletter, Topic } from '../../newsletters/index.ts'
import { createChooseProfile } from './choose-profile.ts'
import { createReadReader, type FileShape, type ImportedReader, type ReadReader } from './reading/index.ts'
import type { RowToStage } from './store/rows.ts'

type Parts = { db: Database; keys: Keys; newsletter: Newsletter; topics: readonly Topic[]; shape: FileShape }

/** Gives what is kept of a row of the file: whom it names, with choices as this newsletter knows them. */
export function createToRow({
	db,
	keys,
	newsletter,
	topics,
	shape,
}: Parts): (row: FileRow, number: number) => Promise<RowToStage> {
	const idBySlug = new Map(offeredOf(topics).map(({ slug, id }) => [slug, id]))
	const readReader = createReadFor({ newsletter, topics, shape })
	const chooseProfile = createChooseProfile(db, newsletter.id)
	const profileOf = ({ locale, topics, rhythm, untranslated }: Omit<ImportedReader, 'address'>) =>
		chooseProfile({
			locale: locale ?? newsletter.defaultLocale,
			allTopics: topics?.all ?? true,
			topicIds: (topics?.slugs ?? []).flatMap((slug) => idBySlug.get(slug) ?? []).sort((a, b) => a - b),
			rhythm,
			untranslated,
		})
	const keptOf = async (told: Omit<ImportedReader, 'address'>) => {
		const { givenName, locale, state, joinedAt, confirmedAt, leftAt, remarks } = told
		const { pausedUntil, consentUntil } = told
		const consentedAt = confirmedAt ?? joinedAt
		const times = { consentedAt, joinedAt: joinedAt ?? confirmedAt, leftAt, pausedUntil, consentUntil }
		return { remarks, givenName, locale, profileId: await profileOf(told), state, ...times }
	}
	return async (row, number) => {
		const read = readReader(row)
		const place = { number, line: row.line }
		// what it tells is kept for when somebody corrects the address
		if (!read.ok) {
			const { problem: reason, address, rest } = read
			const told = rest ? await keptOf(rest) : nothing
			const parsed = parseEmailAddress(withoutName(address))
			return {
				...place,
				...told,
				remarks: [],
				reason,
				address: address || null,
				comparable: null,
				// by which a person who is erased is found
				hash: parsed.ok ? hashAddress(keys, parsed.address.comparable) : null,
			}
		}
		const { address, ...rest } = read.reader
		const { comparable } = address
		const named = { address: formatAddress(address), comparable, hash: hashAddress(keys, comparable) }
		return { ...place, reason: null, ...named, ...(await keptOf(rest)) }
	}
}

/** Gives what makes readers of this newsletter of the rows of a file. */
export function createReadFor({
	newsletter,
	topics,
	shape,
}: Pick<Parts, 'newsletter' | 'topics' | 'shape'>): (row: FileRow) => ReadReader {
	return createReadReader(shape, {
		locales: newsletter.texts.map(({ locale }) => locale),
		topics: offeredOf(topics).map(({ slug, texts }) => ({ slug, names: texts.map(({ name }) => name) })),
	})
}

function offeredOf(topics: readonly Topic[]): Topic[] {
	return topics.filter(({ archivedAt }) => archivedAt === null)
}

/** Of a row that could not be read. */
const nothing = {
	givenName: null,
	locale: null,
	profileId: null,
	state: 'active',
	consentedAt: null,
	joinedAt: null,
	leftAt: null,
	pausedUntil: null,
	consentUntil: null,
} as const
