import type { z } from 'zod'
import { AppError, type FieldProblem, type MessageParams } from '../../kernel/app-error.ts'
import { findUnstorable } from './find-unstorable.ts'

type Issue = z.core.$ZodIssue

/**
 * Checks a part of a request against its schema. Throws an `invalid` AppError that names each field, those too
 * that the database could not hold.
 * A message that begins with `errors.` is a key of the string catalogs and is kept.
 */
export function checkInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
	const read = readInput(schema, value)
	const fields = findUnstorable(read)
	if (fields.length === 0) return read
	throw new AppError('invalid', 'errors.invalid', { fields })
}

/** The same, but for what the database could not hold: whoever takes it sees to that. */
export function readInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
	const result = schema.safeParse(value, { reportInput: true })
	if (result.success) return result.data
	throw new AppError('invalid', 'errors.invalid', { fields: result.error.issues.flatMap(toProblems) })
}

function toProblems(issue: Issue): FieldProblem[] {
	// params, query and headers have fields; only a body can be wrong as a whole
	const field = issue.path.map(String).join('.') || 'body'
	if (issue.message.startsWith('errors.'))
		return [{ field, message: issue.message, params: customParams(issue) }]
	switch (issue.code) {
		case 'unrecognized_keys':
			return issue.keys.map((key) => ({
				field: [...issue.path, key].map(String).join('.'),
				message: 'errors.field.unknown',
			}))
		case 'invalid_type':
			if (issue.input === undefined) return [{ field, message: 'errors.field.required' }]
			return [{ field, message: 'errors.field.type', params: { expected: issue.expected } }]
		case 'too_small':
			return [
				{
					field,
					message: `errors.field.${sizeWord(issue.origin)}_min`,
					params: { min: Number(issue.minimum) },
				},
			]
		case 'too_big':
			return [
				{
					field,
					message: `errors.field.${sizeWord(issue.origin)}_max`,
					params: { max: Number(issue.maximum) },
				},
			]
		case 'invalid_format':
			return [{ field, message: 'errors.field.format', params: { format: issue.format } }]
		case 'invalid_value':
			return [
				{ field, message: 'errors.field.choice', params: { choices: issue.values.map(String).join(', ') } },
			]
		default:
			return [{ field, message: 'errors.field.unusable' }]
	}
}

function sizeWord(origin: string): 'number' | 'text' | 'list' {
	if (origin === 'string') return 'text'
	return origin === 'array' || origin === 'set' ? 'list' : 'number'
}

function customParams(issue: Issue): MessageParams | undefined {
	return issue.code === 'custom' ? (issue.params as MessageParams | undefined) : undefined
}
