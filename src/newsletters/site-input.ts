import { z } from 'zod'
import { isThisMachine } from '../kernel/is-this-machine.ts'

/** The address of a site, or of a page of one. */
export function siteInput(maxCharacters: number) {
	return z
		.string()
		.trim()
		.max(maxCharacters)
		.superRefine((address, context) => {
			const problem = problemOf(address)
			if (problem === undefined) return
			const params = { address: address.slice(0, 100), better: betterFor(address) }
			context.addIssue({ code: 'custom', message: `errors.newsletter.site${problem}`, params })
		})
		.meta({ format: 'uri' })
}

/** What a message about it ends with. */
function problemOf(address: string): '' | '_with_password' | undefined {
	if (!/^https?:\/\/[^\s\\]+$/i.test(address) || !URL.canParse(address)) return ''
	const { hostname, username, password } = new URL(address)
	if (username || password) return '_with_password'
	return hostname.includes('.') || isThisMachine(hostname) ? undefined : ''
}

/** What was probably meant: `www.example.org` is `https://www.example.org`. */
function betterFor(address: string): string {
	const guess = `https://${address.replace(/^(?:\w*:?[/\\]+)?(?:[^/@]*@)?/, '')}`
	const isSite = /^\S+$/.test(guess) && URL.canParse(guess) && new URL(guess).hostname.includes('.')
	return isSite ? guess.slice(0, 100) : 'https://www.example.org'
}
