import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import type { MessageParams } from '../../kernel/app-error.ts'
import { escapeHtml } from '../../kernel/escape-html.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'
import type { PageData } from './page-data.ts'
import type { PageName } from './page-names.ts'

/**
 * Renders a page by its audience and name (`visitors/confirm`: `visitors/pages/confirm.eta`) in a language; every value is
 * escaped unless the template says otherwise.
 */
export type RenderPage = <Name extends PageName>(
	template: Name,
	locale: Locale,
	data: PageData[Name],
) => string

const eta = new Eta({
	views: fileURLToPath(new URL('../', import.meta.url)),
	autoEscape: true,
	cache: true,
	varName: 'it',
})

/** Pages link within themselves by `it.at('/path')`, which heeds a PUBLIC_URL that has a path of its own. */
export function createRenderPage(messages: Messages, shared: { publicUrl: string }): RenderPage {
	const base = new URL(shared.publicUrl).pathname.replace(/\/+$/, '')
	return (template, locale, data) =>
		eta.render(fileOf(template), {
			...shared,
			...data,
			locale,
			locales: messages.locales,
			at: (path: string) => base + path,
			// for the form to paste, which has no stylesheet to keep its lines
			lines: (text: string) => escapeHtml(text).replaceAll('\n', '<br>'),
			t: (key: string, params?: MessageParams) => messages.text(locale, key, params),
			textIn: (other: Locale, key: string, params?: MessageParams) => messages.text(other, key, params),
		})
}

/** `visitors/confirm` → `/visitors/pages/confirm`, from the folder that all templates are looked up in. */
function fileOf(page: PageName): string {
	return page.replace(/^(\w+)\//, '/$1/pages/')
}
