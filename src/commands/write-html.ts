import type { PreviewAnswer } from '../http/api/index.ts'
import { refuseExisting, writeNewFile } from './write-new-file.ts'

/** Writes renditions into one file, or one a language: `preview.html` becomes `preview-en.html`. Gives their names. */
export async function writeHtml(
	renditions: PreviewAnswer['renditions'],
	file: string,
	force: boolean | undefined,
): Promise<string[]> {
	const files = renditions.map(({ locale, html }) => ({
		html,
		name: renditions.length === 1 ? file : file.replace(/(\.[^./]+)?$/, `-${locale}$1`),
	}))
	const names = files.map(({ name }) => name)
	await refuseExisting(names, force)
	for (const { name, html } of files) await writeNewFile(name, html, { force })
	return names
}
