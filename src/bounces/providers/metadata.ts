/**
 * What our messages may carry for providers that give such data back with each event: the address of the message's
 * unsubscribe link, under this name (docs/webhooks.md).
 */
const metadataName = 'unsubscribe'

/** The unsubscribe link in what a provider gives back; undefined where it is not there. */
export function linkInMetadata(metadata: unknown): string | undefined {
	if (typeof metadata === 'string') return linkInText(metadata)
	if (typeof metadata !== 'object' || metadata === null) return undefined
	const value = (metadata as Record<string, unknown>)[metadataName]
	return typeof value === 'string' ? linkOf(value) : undefined
}

function linkInText(text: string): string | undefined {
	if (!text.trimStart().startsWith('{')) return linkOf(text)
	try {
		return linkInMetadata(JSON.parse(text) as Record<string, unknown>)
	} catch {
		return undefined // somebody else's data
	}
}

function linkOf(text: string): string | undefined {
	return /^https?:\/\/\S{1,1000}$/.exec(text.trim())?.[0]
}
