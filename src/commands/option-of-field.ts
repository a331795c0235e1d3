import { optionOfSetting } from './newsletter-options.ts'

const options: Readonly<Record<string, string>> = {
	addresses: '--to',
	author: '--author',
	categories: '--category',
	'idempotency-key': '--key',
	imageAlt: '--image-alt',
	imageUrl: '--image',
	includeLatest: '--include-latest',
	link: '--link',
	locale: '--locale',
	preheader: '--preheader',
	publishedAt: '--published',
	scopes: '--scope',
	state: '--state',
	storyIds: '--story',
	subject: '--subject',
	summary: '--summary',
	texts: '--name',
	title: '--title',
	to: '--to',
	topics: '--topic',
}

/** The option that a field of the API was given by; the field itself where it was an argument. */
export function optionOfField(field: string): string {
	return optionOfSetting(field) ?? options[field.split('.')[0] ?? ''] ?? field
}
