import { isOnThisMachine } from './is-on-this-machine.ts'
import { setting } from './setting-kinds.ts'

type Fail = Parameters<Parameters<typeof setting>[0]>[1]

/**
 * Where Envoi is reached, as readers' links begin with it: without a slash at its end. It may have a path, where a proxy
 * leads only that one here.
 */
export const publicUrl = setting((text, fail) => {
	const url = readUrl(text, ['http', 'https'], fail)
	if (!url) return text
	if (url.username || url.password) fail('public_url_password')
	else if (/[?#]/.test(text)) fail('public_url_query')
	return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
})

/** Whom a provider of OpenID Connect says that it is: without TLS only on this machine. */
export const openIdIssuer = setting((text, fail) => {
	const url = readUrl(text, ['https', 'http'], fail)
	if (url && (url.search || url.hash || url.username || url.password)) fail('issuer')
	if (url?.protocol === 'http:' && !isOnThisMachine(url.href)) fail('issuer_https')
	return text.trim()
})

export const databaseUrl = setting((text, fail) => {
	const url = readUrl(text, ['postgres', 'postgresql'], fail)
	if (url && url.pathname.replace(/^\//, '') === '' && !url.searchParams.has('dbname'))
		fail('database_name', { example: 'postgres://user:password@host:5432/envoi' })
	return text.trim()
})

export const redisUrl = setting((text, fail) => {
	const url = readUrl(text, ['redis', 'rediss'], fail)
	if (url && !/^\/?\d{0,4}$/.test(url.pathname)) fail('redis_number', { example: 'redis://host:6379/0' })
	return text.trim()
})

export const imapUrl = setting((text, fail) => {
	const url = readUrl(text, ['imap', 'imaps'], fail)
	if (!url) return text
	checkTls(url, fail)
	if (!url.username || !url.password) fail('imap_user', { example: 'imaps://user:password@host' })
	return text.trim()
})

/** One relay or several, separated by spaces: `smtp://` or `smtps://`, with `?tls=` and `weight=`. */
export const smtpUrl = setting((text, fail) => {
	const urls = text.trim().split(/\s+/)
	const read = urls.flatMap((one) => readUrl(one, ['smtp', 'smtps'], fail) ?? [])
	for (const url of read) {
		checkTls(url, fail)
		if (!/^(?:[1-9]\d{0,3})?$/.test(url.searchParams.get('weight') ?? '')) fail('smtp_weight')
	}
	if (new Set(read.map(({ host }) => host)).size < read.length) fail('smtp_twice')
	return urls.join(' ')
})

function checkTls(url: URL, fail: Fail): void {
	const policies = ['required', 'opportunistic', 'never']
	if (url.searchParams.getAll('tls').some((tls) => !policies.includes(tls))) fail('url_tls')
}

/** Never repeats what was given: there is a password in it. */
function readUrl(given: string, schemes: readonly [string, string], fail: Fail): URL | undefined {
	const text = given.trim()
	const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? ''
	if (!schemes.includes(scheme))
		return void fail('url_scheme', { kind: schemes[0], one: `${schemes[0]}://`, two: `${schemes[1]}://` })
	if (/[\s\p{Cc}]/u.test(text)) return void fail('url_space')
	if (breaksAtPassword(text)) return void fail('url_password')
	const url = URL.parse(text)
	if (!url) return void fail('url')
	// PostgreSQL's may be a socket's folder, given after the ?
	if (!url.hostname && !scheme.startsWith('postgres')) return void fail('url_host')
	try {
		for (const part of [url.username, url.password, url.pathname, url.hostname]) decodeURIComponent(part)
	} catch {
		return void fail('url_password')
	}
	return url
}

/** Whether a name or a password holds what ends them in a URL, so that the @ after them is found too late or never. */
function breaksAtPassword(text: string): boolean {
	const afterScheme = text.slice(text.indexOf('://') + 3)
	const authority = /^[^/?#]*/.exec(afterScheme)?.[0] ?? ''
	const rest = afterScheme.slice(authority.length)
	if ((authority.match(/@/g)?.length ?? 0) > 1) return true
	if (authority.includes('@') || !rest.includes('@')) return false
	// an @ in a path or after the ? of a URL that has no password is no fault
	return /^[^:]*:.*\D/.test(authority) || !/^\/[^?#]*(?:\?[^#]*)?$/.test(rest) || !/^\/[^@]*\?/.test(rest)
}
