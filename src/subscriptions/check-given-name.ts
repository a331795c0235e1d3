import { invalidField } from '../kernel/app-error.ts'
import { longestGivenName, parseGivenName } from './parse-given-name.ts'

/** A given name as it is kept; null where nothing was typed. Throws `invalid`. */
export function checkGivenName(typed: string): string | null {
	const parsed = parseGivenName(typed)
	if (parsed.ok) return parsed.name
	throw invalidField('givenName', `errors.given_name.${parsed.problem}`, { max: longestGivenName })
}
