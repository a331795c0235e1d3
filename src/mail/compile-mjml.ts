import { tidyLines } from './tidy-lines.ts'

/** A mail whose template can't be filled or compiled: a fault of the template, never of a story. */
export class MailTemplateError extends Error {
	override readonly name = 'MailTemplateError'
}

/**
 * Compiles filled MJML to HTML. Partials are Eta's; `mj-include` is not followed, no font is fetched, and the
 * indentation is taken away. Throws a MailTemplateError with the mail, the line of the filled MJML and the reason.
 */
export async function compileMjml(mail: string, mjml: string): Promise<string> {
	assertClosed(mail, mjml)
	// takes some 45 MB, which a process that only sends what others have rendered can do without
	const { default: mjml2html } = await import('mjml')
	try {
		const { html } = await mjml2html(mjml, {
			validationLevel: 'strict',
			ignoreIncludes: true,
			keepComments: false,
			fonts: {},
		})
		return tidyLines(html.replace(' aria-roledescription="email"', ''))
	} catch (error) {
		throw new MailTemplateError(`The mail ${mail} does not compile. ${describe(error, mjml)}`, {
			cause: error,
		})
	}
}

type MjmlError = { line: number; message: string; tagName: string }

function describe(error: unknown, mjml: string): string {
	const { errors, message } = error as { errors?: MjmlError[]; message: string }
	return (
		errors?.map((each) => `${at(mjml, each.line)} ${each.message} (${each.tagName}).`).join(' ') ?? message
	)
}

function at(mjml: string, line: number): string {
	return `Line ${line}, ${JSON.stringify(mjml.split('\n')[line - 1]?.trim().slice(0, 80) ?? '')}:`
}

// MJML's parser closes what is left open and drops texts on the way, without a word
function assertClosed(mail: string, mjml: string): void {
	const open: Array<{ name: string; line: number }> = []
	const fail = (line: number, reason: string) => {
		throw new MailTemplateError(`The mail ${mail} does not compile. ${at(mjml, line)} ${reason}.`)
	}
	for (const [index, text] of mjml.split('\n').entries()) {
		for (const [, slash, name = '', selfClosed] of text.matchAll(/<(\/?)(mj[a-z-]*)[^<>]*?(\/?)>/g)) {
			if (selfClosed) continue
			if (!slash) open.push({ name, line: index + 1 })
			else if (open.pop()?.name !== name) fail(index + 1, `</${name}> closes what is not open`)
		}
	}
	const left = open.pop()
	if (left) fail(left.line, `<${left.name}> is not closed`)
}
