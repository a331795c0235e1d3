import type { AuditChange } from '../kernel/tables/operation.ts'

const longest = 300

/**
 * The fields in which two states of a thing differ, in the order of the later one; lists and texts as they would be read,
 * and long ones cut. Give it what an organisation sets, never anything of a reader.
 */
export function findChanges(before: object, after: object): AuditChange[] {
	const [was, is] = [flatten(before), flatten(after)]
	const fields = new Set([...is.keys(), ...was.keys()])
	return [...fields].flatMap((field) => {
		const change = { field, before: was.get(field) ?? null, after: is.get(field) ?? null }
		return change.before === change.after ? [] : [{ ...change, ...cut(change) }]
	})
}

function flatten(value: object, path = '', into = new Map<string, string>()): Map<string, string> {
	for (const [name, each] of Object.entries(value)) {
		const field = path === '' ? name : `${path}.${name}`
		if (each === null || each === undefined || each === '') continue
		if (each instanceof Date) into.set(field, each.toISOString())
		else if (Array.isArray(each)) into.set(field, each.join(', '))
		else if (typeof each === 'object') flatten(each, field, into)
		else into.set(field, String(each))
	}
	return into
}

function cut({ before, after }: AuditChange): Pick<AuditChange, 'before' | 'after'> {
	return { before: cutText(before), after: cutText(after) }
}

function cutText(text: string | null): string | null {
	return text !== null && text.length > longest ? `${text.slice(0, longest)}…` : text
}
