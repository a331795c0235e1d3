import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import type {} from './provided.ts'

/** Makes a DATA_DIR that has its database already, for processes whose first start is not what the test is about. */
export async function makeDataFolder(path: string): Promise<string> {
	await cp(inject('migratedFolder'), join(path, 'database'), { recursive: true })
	return path
}
