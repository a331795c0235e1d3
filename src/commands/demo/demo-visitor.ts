import type { CapturedMail, CapturedMailer } from '../../kernel/mail.ts'

/** What visitors and mail programs do over HTTP, and what arrives in their mailboxes. */
export type DemoVisitor = ReturnType<typeof createDemoVisitor>

/** Acts on the service at `url`; mail is read where it was captured. */
export function createDemoVisitor(url: string, captured: Pick<CapturedMailer, 'list'>) {
	const post = (path: string, fields: Record<string, string>) =>
		fetch(new URL(path, url), { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })

	const mailFor = (address: string): CapturedMail[] =>
		captured.list().filter((mail) => mail.envelope.to === address)

	const headerOf = async (mail: CapturedMail, name: string): Promise<string> => {
		const { headers } = await mail.parse()
		return headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value ?? ''
	}

	return {
		mailFor,
		headerOf,
		/** Signs up by the form that any site can paste. */
		signUp: (slug: string, email: string, locale: string) =>
			post(`/newsletters/${slug}/subscriptions`, { email, locale }),
		/** Opens the link of the newest mail that leads to a path, as a person or a scanner would. */
		findLink: async (address: string, path: string): Promise<string> => {
			const text = (await mailFor(address)[0]?.parse())?.text ?? ''
			return new RegExp(`${url}${path}[^\\s>]+`).exec(text)?.[0] ?? ''
		},
		open: (link: string) => fetch(link, { redirect: 'manual' }),
		press: (link: string) => post(link, {}),
		/** Sends a form whose fields may have several values. */
		fill: (link: string, fields: Record<string, readonly string[]>) => {
			const body = new URLSearchParams()
			for (const [name, values] of Object.entries(fields)) {
				for (const value of values) body.append(name, value)
			}
			return fetch(link, { method: 'POST', body, redirect: 'manual' })
		},
		/** What a mail program does when its reader clicks "Unsubscribe" (RFC 8058 §3.2). */
		leaveByOneClick: async (mail: CapturedMail) => {
			const link = /<(https?:[^>]+)>/.exec(await headerOf(mail, 'List-Unsubscribe'))?.[1] ?? ''
			return post(link, { 'List-Unsubscribe': 'One-Click' })
		},
	}
}
