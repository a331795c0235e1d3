import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { isOnThisMachine } from './is-on-this-machine.ts'
import { setting } from './setting-kinds.ts'

/**
 * The name that Envoi gives itself in EHLO: a whole name in DNS (RFC 5321 §2.3.5), or an address in brackets
 * (§4.1.3), the only form in which a machine without a name may introduce itself.
 */
export const ehloName = setting((text, fail) => {
	const name = parseEhloName(text)
	if (name === undefined) fail('ehlo_name')
	return name
})

/**
 * What is said where nothing is set: the domain that returned mail comes to, else the host of PUBLIC_URL; undefined where
 * neither is a name that the world knows. Relays such as Google's refuse who says less than a whole name.
 */
export function usualEhloName(
	bounceDomain: string | undefined,
	publicUrl: string | undefined,
): string | undefined {
	const ofBounces = bounceDomain === undefined ? undefined : parseEhloName(bounceDomain)
	if (ofBounces !== undefined) return ofBounces
	if (publicUrl === undefined || !URL.canParse(publicUrl) || isOnThisMachine(publicUrl)) return undefined
	const host = new URL(publicUrl).hostname
	return parseEhloName(isIP(host) === 4 ? `[${host}]` : host.replace(/^\[/, '[IPv6:'))
}

function parseEhloName(given: string): string | undefined {
	const [, tag, address = ''] = /^\[(IPv6:)?([\d.:a-f]+)\]$/i.exec(given) ?? []
	if (address !== '') {
		const version = isIP(address)
		if (version === 0 || (tag !== undefined && version !== 6)) return undefined
		return version === 6 ? `[IPv6:${address}]` : `[${address}]`
	}
	const name = domainToASCII(given.trim().replace(/\.$/, ''))
	const labels = name.split('.')
	const isWhole = labels.length > 1 && name.length <= 253 && isIP(name) === 0
	return isWhole && labels.every(isLabel) && !/^\d+$/.test(labels.at(-1) ?? '') ? name : undefined
}

// RFC 1123 §2.1, RFC 1035 §2.3.4
function isLabel(label: string): boolean {
	return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label)
}
