import { access, chmod, writeFile } from 'node:fs/promises'
import { AppError } from '../kernel/app-error.ts'

/** Throws a sentence where one of the files is there already and may not be overwritten (`--force`). */
export async function refuseExisting(files: readonly string[], force: boolean | undefined): Promise<void> {
	if (force) return
	for (const file of files) {
		const isThere = await access(file).then(
			() => true,
			() => false,
		)
		if (isThere) throw exists(file)
	}
}

/** Writes a file that is new, or overwrites one with `force`. Throws a sentence where it can't. `mode` holds for both. */
export async function writeNewFile(
	file: string,
	content: string,
	{ force, mode }: { force: boolean | undefined; mode?: number },
): Promise<void> {
	try {
		await writeFile(file, content, { flag: force ? 'w' : 'wx', ...(mode !== undefined && { mode }) })
		if (force && mode !== undefined) await chmod(file, mode)
	} catch (error) {
		const { code = '' } = error as NodeJS.ErrnoException
		if (code === 'EEXIST') throw exists(file)
		throw new AppError('invalid', 'cli.file.unwritable', { params: { file, reason: code }, cause: error })
	}
}

const exists = (file: string) => new AppError('conflict', 'cli.file.exists', { params: { file } })
