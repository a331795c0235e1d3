/** Why a database can't do what it was asked, where that is no fault of the statement. */
export type DatabaseTrouble = 'away' | 'busy' | 'full'

const codes: Readonly<Record<string, DatabaseTrouble>> = {
	// Node's
	ECONNREFUSED: 'away',
	ECONNRESET: 'away',
	EPIPE: 'away',
	ETIMEDOUT: 'away',
	EHOSTUNREACH: 'away',
	ENETUNREACH: 'away',
	EAI_AGAIN: 'away',
	ENOTFOUND: 'away',
	ENOSPC: 'full',
	EDQUOT: 'full',
	EROFS: 'full',
	// PostgreSQL's, https://www.postgresql.org/docs/current/errcodes-appendix.html
	'25006': 'away', // a replica that takes no writes: a failover is under way
	'53000': 'busy',
	'53100': 'full',
	'53200': 'busy',
	'53300': 'busy',
	'57014': 'busy',
	'57P01': 'away',
	'57P02': 'away',
	'57P03': 'away',
	'57P05': 'away',
	'58030': 'full',
	'28P01': 'away',
	'28000': 'away',
	'3D000': 'away',
}

// pg and Kysely have no codes for these
const words: ReadonlyArray<[RegExp, DatabaseTrouble]> = [
	[/^timeout exceeded when trying to connect|too many clients|no more connections allowed/i, 'busy'],
	[/^Connection terminated|^Client has encountered a connection error|server closed the connection/i, 'away'],
	[/No space left on device|could not (?:extend|write to) file|disk full/i, 'full'],
]

/** What keeps the database from working, told by the error of any statement; undefined where it is something else. */
export function findDatabaseTrouble(error: unknown): DatabaseTrouble | undefined {
	for (let each = error, depth = 0; typeof each === 'object' && each !== null && depth < 5; depth++) {
		const { code, message = '', cause, errors } = each as Partial<AggregateError> & { code?: unknown }
		if (typeof code === 'string') {
			const known = codes[code] ?? (code.startsWith('08') ? 'away' : undefined)
			if (known) return known
		}
		const told = words.find(([pattern]) => pattern.test(message))
		if (told) return told[1]
		each = cause ?? errors?.[0]
	}
	return undefined
}
