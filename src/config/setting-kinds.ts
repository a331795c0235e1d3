import { BlockList, isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { z } from 'zod'
import type { MessageParams } from '../kernel/app-error.ts'
import { isDkimSelector } from '../kernel/dkim-key.ts'
import { type DomainRate, parseRate } from '../kernel/rate.ts'
import { parseWarmUp } from '../kernel/warm-up.ts'

/**
 * A setting that `read` makes of its text, or that can't be used: then `fail` is told why, as a key under
 * `errors.setting.` of the texts. Each sentence there goes on after the name of the setting.
 */
export function setting<Value>(
	read: (text: string, fail: (key: string, params?: MessageParams) => void) => Value,
) {
	return z.string().transform((text, context) =>
		read(text, (key, params) => {
			context.addIssue({ code: 'custom', message: `errors.setting.${key}`, params })
		}),
	)
}

/** A setting that is taken as it is, where `isRight`. */
export function checked(isRight: (text: string) => boolean, key: string, params?: MessageParams) {
	return setting((text, fail) => {
		if (!isRight(text)) fail(key, params)
		return text
	})
}

export function wholeNumber(min: number, max: number) {
	return setting((text, fail) => {
		const number = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
		if (!(number >= min && number <= max)) fail('whole_number', { min: String(min), max: String(max) })
		return number
	})
}

/** Whole or with a point, such as 1.5. */
export function anyNumber(min: number, max: number) {
	return setting((text, fail) => {
		const number = /^\d{1,12}(?:\.\d{1,12})?$/.test(text.trim()) ? Number(text) : Number.NaN
		if (!(number >= min && number <= max)) fail('number', { min: String(min), max: String(max) })
		return number
	})
}

export function oneOf<const Choice extends string>(...choices: Choice[]) {
	return setting((text, fail): Choice => {
		const chosen = choices.find((choice) => choice === text.trim())
		if (chosen === undefined) fail('choice', { choices: choices.join(', ') })
		return chosen ?? (choices[0] as Choice)
	})
}

export const flag = oneOf('true', 'false').transform((value) => value === 'true')

export const port = wholeNumber(0, 65_535)

/** Where a server of ours listens: an address of this machine, or a name that leads to one. */
export const listeningHost = setting((text, fail) => {
	const host = text.trim().replace(/^\[(.*)\]$/, '$1')
	if (!isIP(host) && !isHostName(host)) fail('host')
	return host
})

/** A name in DNS, in ASCII and lower case. */
export const domain = setting((text, fail) => {
	const name = domainToASCII(text.trim())
	if (!isHostName(name)) fail('domain')
	return name
})

export const selector = checked(isDkimSelector, 'dkim.selector')

export const rate = setting((text, fail) => {
	const read = parseRate(text)
	if (!read) fail('rate')
	return read
})

export const warmUp = setting((text, fail) => {
	const read = parseWarmUp(text)
	if (!read) fail('warm_up', { example: '2026-12-01: 500 1000 2000 5000' })
	return read
})

export const domainRates = setting((text, fail): DomainRate[] =>
	items(text).flatMap((item) => {
		const [pattern = '', limit = ''] = item.split('=').map((part) => part.trim())
		const read = parseRate(limit)
		const [, below = '', name = ''] = /^(\*\.)?(.*)$/.exec(pattern) ?? []
		const domainName = name === '*' ? name : domainToASCII(name)
		if (read && domainName) return [{ pattern: `${below}${domainName}`, rate: read }]
		fail(domainName ? 'domain_rate' : 'domain_rate_domain', { item })
		return []
	}),
)

export const linkSecrets = setting((text, fail) => {
	const secrets = items(text).map((item) => {
		const [id = '', ...secret] = item.split(':')
		return { id, secret: secret.join(':') }
	})
	const isRight = secrets.every(({ id, secret }) => /^[a-z0-9]{1,8}$/.test(id) && secret.length >= 32)
	if (!isRight || secrets.length === 0) fail('link_secrets')
	else if (new Set(secrets.map(({ id }) => id)).size < secrets.length) fail('link_secrets_twice')
	return secrets
})

/** Hosts, or hosts with a port. */
export const hosts = setting((text, fail) =>
	items(text).map((item) => {
		const { host, pathname, username } = URL.parse(`http://${item}`) ?? {}
		if (!host || pathname !== '/' || username || /[/?#]/.test(item)) fail('feed_host', { item })
		return item
	}),
)

/** How many proxies, or which: what Express takes as "trust proxy". */
export const trustProxy = setting((text, fail): number | string => {
	if (/^\d{1,3}$/.test(text.trim())) return Number(text)
	const named = items(text)
	if (named.length === 0 || !named.every(isProxy)) fail('trust_proxy')
	return named.join(', ')
})

function isProxy(item: string): boolean {
	if (['loopback', 'linklocal', 'uniquelocal'].includes(item)) return true
	const [address = '', bits, ...more] = item.split('/')
	const version = isIP(address)
	if (version === 0 || more.length > 0) return false
	if (bits === undefined) return true
	try {
		if (!/^\d{1,3}$/.test(bits)) return false
		new BlockList().addSubnet(address, Number(bits), version === 4 ? 'ipv4' : 'ipv6')
		return true
	} catch {
		return false
	}
}

function isHostName(name: string): boolean {
	return name.length <= 253 && /^(?!-)[a-z\d_-]{1,63}(?<!-)(\.(?!-)[a-z\d_-]{1,63}(?<!-))*\.?$/i.test(name)
}

function items(text: string): string[] {
	return text
		.split(',')
		.map((item) => item.trim())
		.filter(Boolean)
}
