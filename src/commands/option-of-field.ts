import { optionOfSetting } from './newsletter-options.ts'

const options: Readonly<Record<string, string>> = {
	addresses: '--to',
	author: '--author',
	categories: '--category',
	basis: '--basis',
	columns: '--columns',
	day: '--day',
	encoding: '--encoding',
	evidence: '--evidence',
	'idempotency-key': '--key',
	imageAlt: '--image-alt',
	imageUrl: '--image',
	includeLatest: '--include-latest',
	link: '--link',
	locale: '--locale',
	months: '--months',
	perDay: '--per-day',
	preheader: '--preheader',
	publishedAt: '--published',
	scopes: '--scope',
	separator: '--separator',
	state: '--state',
	storyIds: '--story',
	subject: '--subject',
	summary: '--summary',
	texts: '--name',
	title: '--title',
	to: '--to',
	topics: '--topic',
	words: '--words',
}

/** The option that a field of the API was given by; the field itself where it was an argument. */
export function optionOfField(field: string): string {
	return optionOfSetting(field) ?? options[field.split('.')[0] ?? ''] ?? field
}
