import { z } from 'zod'
import { lineInput } from '../kernel/text-input.ts'

/** An absolute http(s) address without credentials, written as browsers write it. */
export const webAddress = z
	.string()
	.trim()
	.max(2_000)
	.transform((text, context) => {
		const url = URL.parse(text)
		if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && url.href.length <= 2_000) {
			return url.href
		}
		context.addIssue({ code: 'custom', message: 'errors.field.web_address' })
		return z.NEVER
	})

export const localeInput = z
	.string()
	.max(35)
	.regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/)

export const topicsInput = z.array(lineInput(60)).max(20).transform(unique)

export const categoriesInput = z.array(lineInput(100)).max(20).transform(unique)

function unique(list: string[]): string[] {
	return [...new Set(list)]
}
