import type { Database } from '../../kernel/database.ts'
import { formatAddress } from '../../kernel/email-address.ts'
import { hashAddress, type Keys } from '../../kernel/keys.ts'
import type { Newsletter, Topic } from '../../newsletters/index.ts'
import { createChooseProfile } from './choose-profile.ts'
import { createReadReader, type FileRow, type FileShape, type ImportedReader } from './reading/index.ts'
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
	const offered = topics.filter(({ archivedAt }) => archivedAt === null)
	const idBySlug = new Map(offered.map(({ slug, id }) => [slug, id]))
	const readReader = createReadReader(shape, {
		locales: newsletter.texts.map(({ locale }) => locale),
		topics: offered.map(({ slug, texts }) => ({ slug, names: texts.map(({ name }) => name) })),
	})
	const chooseProfile = createChooseProfile(db, newsletter.id)
	const profileOf = ({ locale, topics: slugs, rhythm }: ImportedReader) => {
		const topicIds = slugs?.flatMap((slug) => idBySlug.get(slug) ?? []).sort((a, b) => a - b) ?? null
		return chooseProfile({ locale: locale ?? newsletter.defaultLocale, topicIds, rhythm })
	}
	return async (row, number) => {
		const read = readReader(row)
		const place = { number, line: row.line }
		if (!read.ok) return { ...nobody, ...place, reason: read.problem, address: read.address || null }
		const { reader } = read
		const { address, givenName, locale, state, joinedAt, confirmedAt, leftAt, remarks } = reader
		return {
			...place,
			reason: null,
			remarks,
			address: formatAddress(address),
			comparable: address.comparable,
			hash: hashAddress(keys, address.comparable),
			givenName,
			locale,
			profileId: await profileOf(reader),
			state,
			consentedAt: confirmedAt ?? joinedAt,
			joinedAt: joinedAt ?? confirmedAt,
			leftAt,
		}
	}
}

/** A row that names nobody. */
const nobody = {
	remarks: [],
	comparable: null,
	hash: null,
	givenName: null,
	locale: null,
	profileId: null,
	state: 'active',
	consentedAt: null,
	joinedAt: null,
	leftAt: null,
} as const
