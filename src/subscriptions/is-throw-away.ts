import { isDisposableEmailDomain } from 'disposable-email-domains-js'

/** Whether a domain's mailboxes are made to be thrown away. Some people use them for good reasons. */
export function isThrowAwayDomain(domain: string): boolean {
	return isDisposableEmailDomain(domain)
}

/** The same of an address as it is shown. */
export function isThrowAway(address: string): boolean {
	return isThrowAwayDomain(address.slice(address.lastIndexOf('@') + 1).toLowerCase())
}
