import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A file that pages of other sites load, with the hash by which browsers know that it is the one (Subresource Integrity). */
export type EmbeddedFile = { path: string; integrity: string }

export const embeddedFiles = { script: describe('form-1.js'), stylesheet: describe('form-1.css') }

function describe(name: string): EmbeddedFile {
	const hash = createHash('sha384').update(readFileSync(new URL(`public/embed/${name}`, import.meta.url)))
	return { path: `/assets/embed/${name}`, integrity: `sha384-${hash.digest('base64')}` }
}
