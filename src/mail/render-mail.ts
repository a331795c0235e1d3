import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import type { MailCatalog } from '../../emails/catalog.ts'
import type { RenderMail } from '../kernel/mail.ts'
import { loadMessages } from '../kernel/messages.ts'
import { cleanData, clipText } from './clean-data.ts'
import { compileByStructure } from './compile-by-structure.ts'
import { compileMjml, MailTemplateError } from './compile-mjml.ts'
import { compileOnce } from './compile-once.ts'
import { mailView } from './mail-view.ts'

const maxSubject = 150 // encoded it stays under the 998 octets that Gmail takes, whatever the script
const maxPreheader = 140

// what came of a structure hangs on nothing but its MJML: kept for the process
const compileStructure = compileByStructure(compileMjml)

/**
 * Renders the mails of `folder` (default: `emails/`): a folder a mail with `email.mjml` and `email.txt`, words in
 * `strings/`. Subject and preheader come with the data or else from the strings. Throws a MailTemplateError where a
 * template can't be filled or compiled.
 */
export function createRenderMail(
	options: { folder?: string; compile?: typeof compileMjml } = {},
): RenderMail<MailCatalog> {
	const folder = options.folder ?? fileURLToPath(new URL('../../emails/', import.meta.url))
	const messages = loadMessages(`${folder}/strings`)
	const mjml = new Eta({ views: folder, defaultExtension: '.mjml', cache: true, debug: true })
	const text = new Eta({
		views: folder,
		defaultExtension: '.txt',
		autoEscape: false,
		autoTrim: false,
		cache: true,
		debug: true,
	})

	const compile = compileOnce(options.compile ?? compileStructure)

	return async (name, locale, data) => {
		const view = mailView(messages, locale, cleanData(data))
		const given = view as { subject?: string; preheader?: string }
		const own = 'words' in view ? view.words : {}
		const words = { newsletter: view.newsletter.name, ...own }
		const subject = clipText(given.subject ?? view.t(`${name}.subject`, words), maxSubject)
		const preheader = clipText(given.preheader ?? view.t(`${name}.preheader`, words), maxPreheader)
		const it = { ...view, subject, preheader }
		return {
			subject,
			preheader,
			html: await compile(name, fill(mjml, name, it), linkOf(data)),
			text: tidyText(fill(text, name, it)),
		}
	}
}

/** What alone differs between the mails of two sign-ups. */
function linkOf(data: MailCatalog[keyof MailCatalog]): string | undefined {
	if ('confirmUrl' in data) return data.confirmUrl
	if ('requestUrl' in data) return data.requestUrl
	return 'unsubscribeUrl' in data ? data.unsubscribeUrl : undefined
}

function fill(eta: Eta, name: string, it: object): string {
	try {
		return eta.render(`${name}/email`, it)
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error)
		throw new MailTemplateError(`The mail ${name} can’t be filled. ${reason}`, { cause: error })
	}
}

/** No blanks at line ends, never more than one empty line, one line break at the end. */
function tidyText(text: string): string {
	return `${text
		.replace(/[ \t]+$/gm, '')
		.replace(/\n{3,}/g, '\n\n')
		.trim()}\n`
}
