type Compile = (mail: string, mjml: string) => Promise<string>

/**
 * Compiles MJML that differs from what was compiled before in one link alone by putting the new link in its place: the mails
 * that answer sign-ups, which anybody can ask for as often as they like. The last `max` are kept.
 */
export function compileOnce(
	compile: Compile,
	max = 100,
): (mail: string, mjml: string, link?: string) => Promise<string> {
	const kept = new Map<string, Promise<string>>()
	return async (mail, mjml, link) => {
		// one that is written otherwise in an attribute than in a text can't be put in as it is
		if (link === undefined || !/^[\w:/.~-]+$/.test(link)) return compile(mail, mjml)
		const common = mjml.replaceAll(link, placeholder)
		const key = `${mail} ${common}`
		let compiled = kept.get(key)
		if (!compiled) {
			compiled = compile(mail, common)
			kept.set(key, compiled)
			compiled.catch(() => kept.delete(key))
			const [oldest] = kept.keys()
			if (kept.size > max && oldest !== undefined) kept.delete(oldest)
		}
		return (await compiled).replaceAll(placeholder, link)
	}
}

const placeholder = 'https://placeholder.invalid/7d1f0a52c3'
