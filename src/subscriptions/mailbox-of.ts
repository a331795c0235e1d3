import type { EmailAddress } from '../kernel/email-address.ts'

type Folding = { domain?: string; ignored?: RegExp; tag?: string }

/** Providers whose mailboxes have more names than one: other domains, characters that don't count, a tag after a hyphen. */
const gmail: Folding = { domain: 'gmail.com', ignored: /\./g }
const proton: Folding = { domain: 'proton.me', ignored: /[._-]/g }
const icloud: Folding = { domain: 'icloud.com' }
const yandex: Folding = { domain: 'yandex.ru', ignored: /[.-]/g }
const foldings: ReadonlyMap<string, Folding> = new Map([
	...['gmail.com', 'googlemail.com'].map((name) => [name, gmail] as const),
	...['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'].map((name) => [name, proton] as const),
	...['icloud.com', 'me.com', 'mac.com'].map((name) => [name, icloud] as const),
	...['yandex.ru', 'yandex.com', 'ya.ru'].map((name) => [name, yandex] as const),
])

/**
 * The mailbox that an address most likely leads to: for counting mails, never for telling persons apart (mail-rules T6).
 * What follows a `+` is a tag everywhere; the rest is folded where the provider is known to ignore it.
 */
export function mailboxOf({ comparable, domain }: EmailAddress): string {
	const local = comparable.slice(0, comparable.lastIndexOf('@'))
	const folding = foldings.get(domain) ?? (/^(?:yahoo|ymail|rocketmail)\./.test(domain) ? { tag: '-' } : {})
	const untagged = [...'+', ...(folding.tag ?? '')].reduce(cutTag, local)
	const bare = untagged.replace(folding.ignored ?? /(?!)/, '')
	return `${bare || untagged}@${folding.domain ?? domain}`
}

function cutTag(local: string, mark: string): string {
	const at = local.indexOf(mark)
	return at > 0 ? local.slice(0, at) : local
}
