import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A process and all that it has started, as /proc tells. */
export function treeOf(pid: number): number[] {
	const children = readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((child) => statOf(child)?.parent === pid)
	return [pid, ...children.flatMap(treeOf)]
}

/** What processes have used so far, with the children that have ended. */
export function cpuSecondsOf(pids: readonly number[]): number {
	return pids.reduce((sum, pid) => sum + (statOf(pid)?.ticks ?? 0) / ticksPerSecond, 0)
}

/** Has processes and all their threads run on these cores alone (`0` or `0,1`). What they start then does too. */
export function pinTo(cores: string, pids: readonly number[]): void {
	for (const pid of pids) {
		const { status, error } = spawnSync('taskset', ['-a', '-c', '-p', cores, String(pid)])
		if (status !== 0) throw error ?? new Error(`process ${pid} could not be kept on the cores ${cores}`)
	}
}

const ticksPerSecond = 100 // USER_HZ, the same on every Linux

// proc(5): the name stands in parentheses and may hold anything
function statOf(pid: number): { parent: number; ticks: number } | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
		const fields = stat
			.slice(stat.lastIndexOf(')') + 2)
			.split(' ')
			.map(Number)
		const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15)
		return { parent: fields[1] ?? 0, ticks: user + system + endedUser + endedSystem }
	} catch {
		return undefined
	}
}
