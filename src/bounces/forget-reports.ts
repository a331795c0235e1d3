import { displayAddress, type EmailAddress } from '../kernel/email-address.ts'
import type { ForgetPerson } from '../subscriptions/index.ts'
import { stripEvents } from './store/events.ts'
import { deleteReport, deleteReportsOf, selectReportsNaming } from './store/reports.ts'

/**
 * Forgets what came back for an erased person: raw reports are deleted – those that are proven to be about them, and all that
 * name the address –, events stay, as they are counted, without the person.
 */
export const forgetReports: ForgetPerson = async (tx, { address, addressHash }) => {
	let reports = await deleteReportsOf(tx, addressHash)
	const names = [...new Set([address.comparable, displayAddress(address).toLowerCase()])]
	for (const { id, raw } of await selectReportsNaming(tx, names)) {
		if (!namesAddress(raw, address)) continue
		await deleteReport(tx, id)
		reports += 1
	}
	return { reports, events: await stripEvents(tx, addressHash) }
}

// what stands before or behind it belongs to another address: RFC 5322 §3.2.3, or a domain that goes on
const before = /[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]$/u
const behind = /^(?:[\p{L}\p{N}-]|\.[\p{L}\p{N}])/u

/** Whether a report names this address, and not just one that ends or begins like it. */
function namesAddress(raw: Buffer, address: EmailAddress): boolean {
	const text = raw.toString('utf8').toLowerCase()
	return [address.comparable, displayAddress(address).toLowerCase()].some((name) => {
		for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
			const end = at + name.length
			if (!before.test(text.slice(Math.max(0, at - 2), at)) && !behind.test(text.slice(end, end + 3)))
				return true
		}
		return false
	})
}
