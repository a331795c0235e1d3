const struckOut = '[struck out]'

// as passwords they are no secret, and struck out they would make a log unreadable
const everydayWords = new Set([
	'envoi',
	'postgres',
	'password',
	'redis',
	'secret',
	'default',
	'admin',
	'user',
	'test',
])

const addresses = /[^\s"'<>()[\]{},;:\\/@]+@(?:[\p{L}\d-]+\.)+\p{L}{2,}/gu
const passwordsInUrls = /\b([a-z][a-z\d+.-]*:\/\/)[^\s"'<>/?#]*@/gi

/**
 * Gives a function that takes out of a text whatever stands there of the given secrets (also as JSON, URLs and base64
 * write them), mail addresses, and users and passwords of URLs. Secrets may be added to the list later.
 */
export function createStrike(secrets: readonly string[]): (text: string) => string {
	let known = 0
	let forms: string[] = []
	return (text) => {
		if (known !== secrets.length) {
			known = secrets.length
			forms = [...new Set(secrets.filter(isTelling).flatMap(formsOf))].sort((a, b) => b.length - a.length)
		}
		let struck = text
		for (const form of forms) struck = struck.replaceAll(form, struckOut)
		return struck.replace(passwordsInUrls, `$1${struckOut}@`).replace(addresses, struckOut)
	}
}

function isTelling(secret: string): boolean {
	return secret.length >= 4 && !everydayWords.has(secret)
}

function formsOf(secret: string): string[] {
	const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '')
	const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64(secret)]
	return forms.filter((form) => form.length >= 4)
}
