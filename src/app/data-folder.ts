import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { AppOverrides } from '../app.ts'
import type { Config } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'

/** Whether this process keeps its database in the data folder. */
export function needsFolder(config: Config, overrides: AppOverrides): boolean {
	return !config.databaseUrl && !overrides.database
}

/** SECRET_KEY, or what was made at the first start and is kept beside the embedded database. */
export async function readSecret(config: Config, keptInFolder: boolean): Promise<string> {
	if (config.secretKey) return config.secretKey
	if (!keptInFolder) return makeSecret()
	const file = join(config.dataDir, 'secret-key')
	try {
		return (await readFile(file, 'utf8')).trim()
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
		const made = makeSecret()
		await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' })
		return made
	}
}

function makeSecret(): string {
	return randomBytes(32).toString('base64url')
}

/** Gives an error of the file system about the data folder as an AppError that names it; any other as it is. */
export function explainFolderTrouble(error: unknown, { dataDir }: Config): unknown {
	const { syscall, path, address } = error as { syscall?: string; path?: string; address?: string }
	const folder = resolve(dataDir)
	const isOfFolder =
		syscall !== undefined && [path, address].some((place) => place && resolve(place).startsWith(folder))
	if (!isOfFolder) return error
	return new AppError('unavailable', 'errors.folder.unusable', { params: { folder }, cause: error })
}
