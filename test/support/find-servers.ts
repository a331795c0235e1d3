import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where Debian (and most systems) keep PostgreSQL's own programs: not on the PATH. */
const postgresFolders = (): string[] => {
	const root = '/usr/lib/postgresql'
	const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
	return versions.map((version) => join(root, version, 'bin'))
}

/** The programs of the servers that the tests start for themselves, and what is missing. */
export function findServers(): { initdb: string; postgres: string; redis: string; missing: string[] } {
	const initdb = findProgram('initdb', postgresFolders())
	const postgres = initdb.replace(/initdb$/, 'postgres')
	const redis = findProgram('redis-server')
	const missing = [...(initdb ? [] : ['PostgreSQL']), ...(redis ? [] : ['Redis'])]
	return { initdb, postgres, redis, missing }
}

/** Where a program is: in the given folders, on the PATH, or where Debian keeps what only administrators start; '' where it is nowhere. */
export function findProgram(name: string, folders: readonly string[] = []): string {
	const path = (process.env.PATH ?? '').split(delimiter)
	const all = [...folders, ...path, '/usr/sbin']
	return all.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? ''
}
