import type { FieldProblem } from '../../kernel/app-error.ts'
import { isStorableDate } from '../../kernel/clock.ts'

/** What the database can't hold of input that was read: text with NUL or half a character, and dates far out. */
export function findUnstorable(value: unknown, path: readonly string[] = []): FieldProblem[] {
	if (typeof value === 'string') {
		const isStorable = !value.includes('\0') && value.isWellFormed()
		return isStorable ? [] : [problem(path, 'errors.field.no_control')]
	}
	if (value instanceof Date) return isStorableDate(value) ? [] : [problem(path, 'errors.field.date_range')]
	if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return []
	return Object.entries(value).flatMap(([key, inner]) => findUnstorable(inner, [...path, key]))
}

function problem(path: readonly string[], message: string): FieldProblem {
	return { field: path.join('.') || 'body', message }
}
