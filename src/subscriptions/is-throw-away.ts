import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'

// read at the first use and kept: the library makes it anew for each question
let throwAway: Set<string> | undefined

/** Whether a domain's mailboxes are made to be thrown away. Some people use them for good reasons. */
export function isThrowAwayDomain(domain: string): boolean {
	throwAway ??= disposableEmailBlocklistSet()
	return throwAway.has(domain.trim().toLowerCase())
}

/** The same of an address as it is shown. */
export function isThrowAway(address: string): boolean {
	return isThrowAwayDomain(address.slice(address.lastIndexOf('@') + 1).toLowerCase())
}
