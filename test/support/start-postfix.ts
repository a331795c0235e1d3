import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from './find-servers.ts'

const program = findProgram('postfix')

/** What this machine lacks for a Postfix in a network of its own; empty where nothing is missing. */
export function missingForPostfix(): string[] {
	const missing: string[] = []
	if (!program) missing.push('Postfix')
	const name = `envoi-look-${randomBytes(3).toString('hex')}`
	if (spawnSync('ip', ['netns', 'add', name]).status === 0) spawnSync('ip', ['netns', 'del', name])
	else missing.push('root and network namespaces')
	return missing
}

/** A network of two machines: this one, and one that sees nothing but this. */
export type PrivateNetwork = { name: string; here: string; there: string; remove(): void }

/** Makes one; needs what `missingForPostfix` looks for. */
export function makePrivateNetwork(): PrivateNetwork {
	const id = randomBytes(3).toString('hex')
	const name = `envoi-${id}`
	// RFC 2544: for tests between machines, so no route of this machine's own leads there
	const base = `198.${randomInt(18, 20)}.${randomInt(256)}.${randomInt(64) * 4}`.split('.')
	const [here, there] = [1, 2].map((n) => [...base.slice(0, 3), Number(base[3]) + n].join('.'))
	const ip = (...args: string[]) => execFileSync('ip', args)
	ip('netns', 'add', name)
	ip('link', 'add', `ev${id}a`, 'type', 'veth', 'peer', 'name', `ev${id}b`)
	ip('link', 'set', `ev${id}b`, 'netns', name)
	ip('addr', 'add', `${here}/30`, 'dev', `ev${id}a`)
	ip('link', 'set', `ev${id}a`, 'up')
	ip('-n', name, 'addr', 'add', `${there}/30`, 'dev', `ev${id}b`)
	ip('-n', name, 'link', 'set', `ev${id}b`, 'up')
	ip('-n', name, 'link', 'set', 'lo', 'up')
	return { name, here: here ?? '', there: there ?? '', remove: () => void ip('netns', 'del', name) }
}

export type Postfix = {
	/** Where it takes mail from this machine. */
	url: string
	log(): Promise<string>
	/** How many messages it has taken and not yet got rid of. */
	queued(): Promise<number>
	stop(): Promise<void>
}

/**
 * Starts a Postfix with a configuration and queue of its own in a private network. `routes` says where mail goes: a
 * domain, or `*`, and a port of this machine, or `discard`. What can't be delivered at the first attempt comes back at
 * once. `settings` are lines of main.cf.
 */
export async function startPostfix(
	network: PrivateNetwork,
	routes: Readonly<Record<string, number | 'discard'>>,
	settings: readonly string[] = [],
): Promise<Postfix> {
	const folder = await mkdtemp(join(tmpdir(), 'envoi-postfix-'))
	const account = Number(execFileSync('id', ['-u', 'postfix'], { encoding: 'utf8' }))
	// its parts run as an account of their own
	await chmod(folder, 0o755)
	for (const name of ['conf', 'queue', 'data']) await mkdir(join(folder, name))
	await chown(join(folder, 'data'), account, 0)
	const transport = Object.entries(routes).map(([to, where]) =>
		where === 'discard' ? `${to} discard:\n` : `${to} smtp:[${network.here}]:${where}\n`,
	)
	await writeFile(join(folder, 'conf/transport'), transport.join(''))
	await writeFile(join(folder, 'conf/main.cf'), [mainSettings(folder, network), ...settings, ''].join('\n'))
	await writeFile(join(folder, 'conf/master.cf'), services)
	const conf = join(folder, 'conf')
	const running = spawn('ip', ['netns', 'exec', network.name, program, '-c', conf, 'start-fg'], {
		stdio: 'ignore',
	})
	const ended = new Promise((resolve) => running.once('close', resolve))
	const log = () => readFile(join(folder, 'queue/log'), 'utf8').catch(() => '')
	while (!(await log()).includes('daemon started')) {
		if (running.exitCode !== null) {
			const said = await log()
			await rm(folder, { recursive: true, force: true })
			throw new Error(`Postfix did not start:\n${said}`)
		}
		await new Promise((resolve) => setTimeout(resolve, 50))
	}
	return {
		url: `smtp://${network.there}:25?tls=never`,
		log,
		queued: () => countFiles(['incoming', 'active', 'deferred'].map((name) => join(folder, 'queue', name))),
		stop: async () => {
			spawnSync(program, ['-c', conf, 'stop'])
			await ended
			await rm(folder, { recursive: true, force: true })
		},
	}
}

async function countFiles(folders: readonly string[]): Promise<number> {
	const found = await Promise.all(
		folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])),
	)
	return found.flat().filter((entry) => entry.isFile()).length
}

const mainSettings = (folder: string, network: PrivateNetwork): string => `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/queue/log
maillog_file_prefixes = ${folder}
myhostname = relay.envoi.test
mydestination =
local_recipient_maps =
local_transport = error:there is no local mail
alias_maps =
alias_database =
inet_interfaces = all
inet_protocols = ipv4
mynetworks = ${network.here}/32
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
disable_dns_lookups = yes
smtp_host_lookup = native
transport_maps = texthash:${folder}/conf/transport
notify_classes =
# one attempt, and one failure says nothing of the next recipient
maximal_queue_lifetime = 0
bounce_queue_lifetime = 0
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
smtp_destination_concurrency_failed_cohort_limit = 1000
smtp_connection_cache_on_demand = no
# the sink reads what comes after the final dot only once it has answered
smtp_discard_ehlo_keywords = pipelining
`

const services = `
smtp       inet  n - n - - smtpd
cleanup    unix  n - n - 0 cleanup
qmgr       unix  n - n 300 1 qmgr
rewrite    unix  - - n - - trivial-rewrite
bounce     unix  - - n - 0 bounce
defer      unix  - - n - 0 bounce
trace      unix  - - n - 0 bounce
verify     unix  - - n - 1 verify
flush      unix  n - n 1000? 0 flush
proxymap   unix  - - n - - proxymap
smtp       unix  - - n - - smtp
error      unix  - - n - - error
retry      unix  - - n - - error
discard    unix  - - n - - discard
anvil      unix  - - n - 1 anvil
scache     unix  - - n - 1 scache
postlog    unix-dgram n - n - 1 postlogd
`
