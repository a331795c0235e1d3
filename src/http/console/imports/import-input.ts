import { z } from 'zod'
import { type ConsentBasis, consentBases } from '../../../kernel/enumerations.ts'
import {
	columnMeanings,
	dateOrders,
	fileEncodings,
	fileSeparators,
	type ImportChanges,
	type ImportRecord,
} from '../../../subscriptions/index.ts'
import { checkInput } from '../../server/check-input.ts'

/** The fields of the form on columns and consent, as they were typed. `column_3` is what the fourth column holds. */
export const typedBody = z.record(
	z.string().max(40),
	z.union([z.string(), z.array(z.string()), z.custom<Buffer>((value) => Buffer.isBuffer(value))]),
)

/** What of the form stays as it was typed where it comes back. */
export type TypedImport = {
	basis: ConsentBasis | ''
	day: string
	words: string
	evidence: string
	months: string
	perDay: string
	names: boolean
	choices: boolean
}

type Body = z.output<typeof typedBody>

const separators = { comma: ',', semicolon: ';', tab: '\t' } as const
export const separatorNames = Object.entries(separators).map(([name, separator]) => ({ name, separator }))

const textOf = (body: Body, name: string) => {
	const value = [body[name]].flat().at(-1)
	return typeof value === 'string' ? value.trim() : ''
}

/** The file that proves consent, where one was chosen. */
export function readEvidence(body: Body): Buffer | undefined {
	return Buffer.isBuffer(body.evidenceFile) ? body.evidenceFile : undefined
}

export function readTyped(body: Body): TypedImport {
	const basis = textOf(body, 'basis')
	return {
		basis: consentBases.find((each) => each === basis) ?? '',
		day: textOf(body, 'day'),
		words: textOf(body, 'words'),
		evidence: textOf(body, 'evidence'),
		months: textOf(body, 'months'),
		perDay: textOf(body, 'perDay'),
		names: textOf(body, 'names') === 'yes',
		choices: textOf(body, 'choices') === 'yes',
	}
}

const whole = (max: number) =>
	z.coerce
		.number('errors.import.basis.number')
		.int('errors.import.basis.number')
		.min(1, 'errors.import.basis.number')
		.max(max, 'errors.import.basis.number')

const basisInput = z.object({
	kind: z.enum(consentBases),
	day: z.union([z.literal('').transform(() => undefined), z.iso.date('errors.import.basis.day')]),
	words: z
		.string()
		.max(2_000)
		.transform((text) => text || undefined),
	evidence: z
		.string()
		.max(500)
		.transform((text) => text || undefined),
	months: z.union([z.literal('').transform(() => undefined), whole(120)]),
	perDay: z.union([z.literal('').transform(() => undefined), whole(50_000)]),
})

/** What allows to write to these people, and what of readers the file changes. Throws `invalid` by the fields of the form. */
export function readBasis(typed: TypedImport): Pick<ImportChanges, 'basis' | 'overwrite'> {
	const { basis: kind, names, choices, ...fields } = typed
	const overwrite = [...(names ? (['names'] as const) : []), ...(choices ? (['choices'] as const) : [])]
	if (kind === '') return { overwrite }
	const given = checkInput(basisInput, { kind, ...fields })
	const { months, perDay, day, words, evidence } = given
	return {
		overwrite,
		basis: {
			kind,
			...(day !== undefined && { day }),
			...(words !== undefined && { words }),
			...(evidence !== undefined && { evidence }),
			...(kind === 'members' && months !== undefined && { months }),
			...(kind === 'unsure' && perDay !== undefined && { perDay }),
		},
	}
}

/** How the file is to be read by the form; undefined where that is how it is read. */
export function readShape(body: Body, { shape }: ImportRecord): ImportChanges['shape'] {
	const encoding = fileEncodings.find((each) => each === textOf(body, 'encoding')) ?? shape.encoding
	const named = separatorNames.find(({ name }) => name === textOf(body, 'separator'))?.separator
	const separator = fileSeparators.find((each) => each === named) ?? shape.separator
	const hasHeader = textOf(body, 'headings') === '' ? shape.hasHeader : textOf(body, 'headings') === 'yes'
	const dateOrder = dateOrders.find((each) => each === textOf(body, 'dates') && each !== shape.dateOrder)
	// other cells: what they hold is guessed anew
	if (encoding !== shape.encoding || separator !== shape.separator || hasHeader !== shape.hasHeader) {
		return { encoding, separator, hasHeader }
	}
	const columns = shape.columns.map(
		(meaning, index) => columnMeanings.find((each) => each === textOf(body, `column_${index}`)) ?? meaning,
	)
	const isSame = columns.every((meaning, index) => meaning === shape.columns[index])
	if (isSame && !dateOrder) return undefined
	return { ...(!isSame && { columns }), dateOrder }
}
