import { type Newsletter, newsletterLocales, textIn } from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'

/** What the fields of the form hold: `name_en`, `fromAddress` … */
export type NewsletterFields = Record<string, string | string[]>

/** The form as a newsletter has it; empty for a new one. */
export function fieldsOf(newsletter: Newsletter | undefined): NewsletterFields {
	const fields: NewsletterFields = {
		fromAddress: newsletter?.fromAddress ?? '',
		replyTo: newsletter?.replyTo ?? '',
		postalAddress: newsletter?.postalAddress ?? '',
		contact: newsletter?.contact ?? '',
		colour: newsletter?.colour ?? '#0f5c5c',
		needsApproval: newsletter?.needsApproval ? ['yes'] : [],
		archive: newsletter?.archive ?? '',
	}
	for (const locale of newsletterLocales) {
		const text = newsletter?.texts.some((each) => each.locale === locale)
			? textIn(newsletter, locale)
			: undefined
		fields[`name_${locale}`] = text?.name ?? ''
		fields[`description_${locale}`] = text?.description ?? ''
	}
	return fields
}

/** What the form says, as the API takes it: an empty field clears what may be empty, and leaves the rest as it is. */
export function toInput(fields: NewsletterFields) {
	const value = (name: string) => [fields[name] ?? ''].flat()[0]?.trim() ?? ''
	const texts: Record<string, { name: string; description?: string }> = {}
	for (const locale of newsletterLocales) {
		const name = value(`name_${locale}`)
		const description = value(`description_${locale}`)
		if (name || description) texts[locale] = { name, ...(description && { description }) }
	}
	return {
		texts,
		...('fromAddress' in fields && { fromAddress: value('fromAddress') }),
		...('replyTo' in fields && { replyTo: value('replyTo') || null }),
		postalAddress: value('postalAddress') || null,
		contact: value('contact') || null,
		// a box that is not ticked says nothing: the form says that it has one
		...('asksApproval' in fields && { needsApproval: value('needsApproval') === 'yes' }),
		...(value('archive') && { archive: value('archive') }),
		...(value('colour') && { colour: value('colour') }),
	}
}

/** Mistakes under the names that the page's fields have: `texts.fr.name` → `name_fr`. */
export function renameFields(error: ErrorBody): ErrorBody {
	const rename = (field: string) =>
		field
			.replace(/^texts\.(\w+)\.(\w+)$/, '$2_$1')
			.replace(/^texts$/, `name_${newsletterLocales[0]}`)
			.replace(/^schedule\.(?:draftFirst\.)?/, '')
	return { ...error, fields: error.fields.map((each) => ({ ...each, field: rename(each.field) })) }
}
