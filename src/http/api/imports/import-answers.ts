import { z } from 'zod'
import {
	consentBases,
	importedStates,
	importOutcomes,
	importOverwrites,
	importStates,
} from '../../../kernel/enumerations.ts'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import { lineInput, linesInput } from '../../../kernel/text-input.ts'
import {
	columnMeanings,
	dateOrderReasons,
	dateOrders,
	fileEncodings,
	fileSeparators,
	findImportHold,
	type ImportHoldDeps,
	type ImportRecord,
	type ImportRow,
} from '../../../subscriptions/index.ts'
import { pageAnswer } from '../../server/paging.ts'
import { heldAnswer } from '../installation/installation-answer.ts'
import { instant } from '../staff-answers.ts'

const day = z.iso.date().meta({ example: '2025-01-31' })
const count = z.int().min(0)

const basisFields = {
	kind: z.enum(consentBases).meta({
		description:
			'Why these people may be written to. `asked`: they asked for it, and are readers at once, with a receipt each. `members`: members, donors, volunteers, for some months. `unsure`: they are asked to confirm first.',
	}),
	day: day
		.nullable()
		.optional()
		.meta({ description: 'When they consented, of those of whom the file doesn’t say it.' }),
	words: linesInput(2_000).nullable().optional().meta({ description: 'The words that they agreed to.' }),
	evidence: lineInput(500).nullable().optional().meta({ description: 'Where the proof is.' }),
	months: z.int().min(1).max(120).nullable().optional().meta({
		description: '`members`: for how many months after that day they may be written to.',
	}),
	perDay: z.int().min(1).max(50_000).nullable().optional().meta({
		description: '`unsure`: how many are asked to confirm in a day.',
	}),
}

const basisAnswer = z.object({
	kind: z.enum(consentBases),
	day: day.nullable(),
	words: z.string().nullable(),
	evidence: z.string().nullable(),
	months: z.int().nullable(),
	perDay: z.int().nullable(),
})

const shapeFields = {
	encoding: z.enum(fileEncodings).meta({ description: 'How its bytes stand for letters.' }),
	separator: z.enum(fileSeparators).meta({ description: 'What parts its cells.' }),
	hasHeader: z.boolean().meta({ description: 'Whether its first row names the columns.' }),
	columns: z
		.array(z.enum(columnMeanings))
		.max(200)
		.meta({
			description: 'What its columns hold, in their order; those beyond these are left out.',
			example: ['address', 'given_name', 'left_out'],
		}),
	dateOrder: z.enum(dateOrders).meta({ description: 'What comes first in 01/02/2025.' }),
	stateOfAll: z.enum(importedStates).meta({ description: 'How those stand of whom no column says it.' }),
}

export const shape = z.object({
	...shapeFields,
	dateOrderBy: z.enum(dateOrderReasons).meta({
		description:
			'How that is known. `rows`: a row is a day in that order alone; `contradictions`: most such rows are, the others can’t be used; `language`: no row proves it, and it is the usual one in the newsletter’s language: say it where that is wrong; `staff`: it was said.',
	}),
	dateOrderLine: z.int().nullable().meta({ description: 'The first line that proves it.' }),
})

export const importChanges = z.strictObject({
	...z.object(shapeFields).partial().shape,
	basis: z
		.strictObject(basisFields)
		.transform((basis) => withoutNull(basis))
		.optional(),
	overwrite: z.array(z.enum(importOverwrites)).max(2).optional().meta({
		description:
			'What of people who are readers already the file changes. Whether somebody gets the newsletter it never changes.',
	}),
})

/** A null says the same as nothing. */
function withoutNull<Fields extends object>(
	fields: Fields,
): { [Key in keyof Fields]: NonNullable<Fields[Key]> } {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as never
}

const outcomes = z
	.object(
		Object.fromEntries(importOutcomes.map((outcome) => [outcome, count])) as Record<
			(typeof importOutcomes)[number],
			typeof count
		>,
	)
	.meta({
		description:
			'How many rows come to what; their sum is `rows`. `known`: readers already; `changed`: of these, whose name or choices the file changed; `left`, `erased`, `suppressed` stay out; `arrives_left`, `arrives_suppressed`: out by what the file says; `duplicate`: another row has the address; `removed`: added and taken back.',
	})

export const importAnswer = z.object({
	id: z.int(),
	newsletter: z.string(),
	fileName: z.string(),
	fileBytes: count,
	shape: shape.meta({ description: 'How the file is read: guessed, until somebody says it.' }),
	state: z.enum(importStates),
	rows: count.meta({ description: 'How many rows of the file have been read.' }),
	bytesRead: count,
	position: count.meta({
		description: 'How many of the rows have been gone through, adding them or taking them back.',
	}),
	outcomes: outcomes
		.nullable()
		.meta({ description: 'A forecast once the file is checked, the result once it is done.' }),
	basis: basisAnswer.nullable(),
	evidenceFile: z
		.object({ contentType: z.string(), bytes: count, addedAt: instant, addedBy: z.string() })
		.nullable()
		.meta({ description: 'A file that proves consent, beside the words.' }),
	overwrite: z.array(z.enum(importOverwrites)),
	undone: z.object({ removed: count, kept: count, restored: count, changedSince: count }).nullable().meta({
		description:
			'What taking it back came to. `kept`: who changed something, confirmed, left or was sent a digest meanwhile. `restored`: readers already, who have back the name and choices that it overwrote; `changedSince`: those who have changed them since.',
	}),
	problem: z.string().nullable().meta({ description: 'Why it was given up.' }),
	nextAt: instant.nullable().meta({ description: 'When the next people are asked to confirm.' }),
	held: heldAnswer.nullable().meta({
		description:
			'Why nobody is asked to confirm for now. It goes on by itself once sending is no longer held.',
	}),
	createdAt: instant,
	checkedAt: instant.nullable(),
	startedAt: instant.nullable(),
	finishedAt: instant.nullable(),
	undoneAt: instant.nullable(),
})

export const importPage = pageAnswer(importAnswer)

export const importRowPage = pageAnswer(
	z.object({
		number: z.int(),
		line: z.int().meta({ description: 'Of the file, from 1 on.' }),
		outcome: z.enum(importOutcomes),
		reason: z.string().nullable().meta({ description: 'Why it can’t be used.' }),
		remarks: z.array(z.string()).meta({ description: 'What of it was not heeded.' }),
		address: z.string().nullable(),
		state: z
			.enum(importedStates)
			.nullable()
			.meta({ description: 'How the file says that this person stands.' }),
	}),
)

export type ImportAnswer = z.infer<typeof importAnswer>
export type ImportRowPageAnswer = z.infer<typeof importRowPage>

/** Where sentences come from, and in which language. */
export type Telling = { messages: Messages; locale: Locale }

export async function toImportAnswer(
	found: ImportRecord,
	{ messages, locale, installation }: Telling & ImportHoldDeps,
) {
	const { id, newsletter, fileName, fileBytes, shape, state, bytesRead, position, basis, overwrite, undone } =
		found
	const { nextAt, createdAt, checkedAt, startedAt, finishedAt, undoneAt } = found
	const evidenceFile = found.evidenceFile && pick(found.evidenceFile)
	const sums =
		found.outcomes && Object.fromEntries(importOutcomes.map((each) => [each, found.outcomes?.[each] ?? 0]))
	const held = (await findImportHold({ installation }, found)) ?? null
	const times = { nextAt, createdAt, checkedAt, startedAt, finishedAt, undoneAt }
	const problem = found.problem && messages.text(locale, found.problem)
	const progress = { state, rows: found.staged, bytesRead, position, outcomes: sums }
	return {
		id,
		newsletter,
		fileName,
		fileBytes,
		shape,
		...progress,
		basis,
		evidenceFile,
		overwrite,
		undone,
		problem,
		held,
		...times,
	}
}

function pick({ contentType, bytes, addedAt, addedBy }: NonNullable<ImportRecord['evidenceFile']>) {
	return { contentType, bytes, addedAt, addedBy }
}

/** A row with its reasons as sentences. */
export function toRowAnswer(row: ImportRow, { messages, locale }: Telling) {
	const tell = (key: string) => messages.text(locale, key)
	return {
		...row,
		reason: row.reason && tell(row.reason),
		remarks: row.remarks.map((remark) => tell(`errors.import.remark.${remark}`)),
	}
}
