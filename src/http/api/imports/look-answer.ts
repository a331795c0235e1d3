import { z } from 'zod'
import { formatAddress } from '../../../kernel/email-address.ts'
import { importedStates, rhythms, untranslatedRules } from '../../../kernel/enumerations.ts'
import {
	fileEncodings,
	type ImportLook,
	knownSystems,
	type ReadReader,
} from '../../../subscriptions/index.ts'
import { instant } from '../staff-answers.ts'
import { shape, type Telling } from './import-answers.ts'

const readerAnswer = z.object({
	line: z.int(),
	problem: z.string().nullable().meta({ description: 'Why the row can’t be used.' }),
	address: z.string().nullable(),
	givenName: z.string().nullable(),
	language: z.string().nullable(),
	topics: z.array(z.string()).nullable().meta({ description: 'Their slugs; null where they get all.' }),
	topicsLeftOut: z.array(z.string()).meta({ description: 'Of all topics, those that they don’t want.' }),
	rhythm: z.enum(rhythms).nullable(),
	state: z.enum(importedStates).nullable(),
	joinedAt: instant.nullable(),
	confirmedAt: instant.nullable(),
	leftAt: instant.nullable(),
	untranslated: z.enum(untranslatedRules).nullable(),
	pausedUntil: instant.nullable(),
	consentUntil: instant.nullable(),
	remarks: z.array(z.string()).meta({ description: 'What of it is not heeded.' }),
})

export const importLookAnswer = z.object({
	shape,
	headings: z.array(z.string()),
	rows: z
		.array(
			z.object({
				line: z.int(),
				cells: z.array(z.string()),
				problem: z.enum(['too_long', 'quote']).optional().meta({ description: 'Why it has no cells.' }),
			}),
		)
		.meta({ description: 'The first ones.' }),
	readers: z
		.array(readerAnswer)
		.meta({ description: 'What these rows are taken for, so that a wrong column is seen.' }),
	system: z.enum(knownSystems).nullable().meta({ description: 'What wrote it, where that is known.' }),
	encodings: z
		.array(z.enum(fileEncodings))
		.meta({ description: 'Those that it can be in, the likeliest first.' }),
	accented: z
		.array(z.string())
		.meta({ description: 'Words by which one sees whether the encoding is right.' }),
})

export function toLookAnswer({ readers, ...look }: ImportLook, telling: Telling) {
	return {
		...look,
		readers: readers.map((each, index) => toReader(each, look.rows[index]?.line ?? 0, telling)),
	}
}

/** What a row of a file is taken for, with sentences. */
function toReader(read: ReadReader, line: number, { messages, locale: spoken }: Telling) {
	const told = read.ok ? read.reader : read.rest
	const { givenName = null, locale = null, topics = null, rhythm = null, state = null } = told ?? {}
	const { joinedAt = null, confirmedAt = null, leftAt = null, remarks = [] } = told ?? {}
	const { untranslated = null, pausedUntil = null, consentUntil = null } = told ?? {}
	return {
		line,
		problem: read.ok ? null : messages.text(spoken, read.problem),
		address: read.ok ? formatAddress(read.reader.address) : read.address || null,
		...{
			givenName,
			language: locale,
			rhythm,
			state,
			joinedAt,
			confirmedAt,
			leftAt,
			untranslated,
			pausedUntil,
			consentUntil,
		},
		topics: topics && !topics.all ? topics.slugs : null,
		topicsLeftOut: topics?.all ? topics.slugs : [],
		remarks: remarks.map((remark) => messages.text(spoken, `errors.import.remark.${remark}`)),
	}
}
