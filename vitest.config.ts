import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { findServers } from './test/support/find-servers.ts'
import { LongFirst } from './test/support/long-first.ts'
import { findQuickFolder } from './test/support/quick-folder.ts'

// what is different where PostgreSQL and Redis stand in the place of the embedded parts: runs on both
const onBothParts = [
	'test/flows/{backup,main-job,restored,upgrade}.test.ts',
	'test/queues/**/*.test.ts',
	'test/workers/restart.test.ts',
	'test/deliveries/{kill,send-digest,through-the-queue,wrong-clock}.test.ts',
	'test/digests/{schedules,stalls,trigger-digest}.test.ts',
	'test/webhooks/webhooks.test.ts',
	'test/chaos/**/*.test.ts',
	'test/stories/polling.test.ts',
	'test/http/server/*.test.ts',
]
// what boots the app for other things: runs on PostgreSQL and Redis where they are installed, else on the embedded parts; on
// both where EVERYTHING is set, as in .ci/run
const onEitherParts = [
	'test/flows/**/*.test.ts',
	'test/http/**/*.test.ts',
	'test/deliveries/**/*.test.ts',
	'test/digests/**/*.test.ts',
	'test/audit/**/*.test.ts',
	'test/webhooks/**/*.test.ts',
	'test/newsletters/**/*.test.ts',
	'test/retention/**/*.test.ts',
	'test/subscriptions/**/*.test.ts',
	'test/suppressions/**/*.test.ts',
	'test/stories/**/*.test.ts',
	'test/bounces/record-*.test.ts',
	'test/inbound/**/*.test.ts',
	'test/staff/**/*.test.ts',
	'test/browser/**/*.test.ts',
]
// but for those among them that touch neither database nor queue
const onNone = [
	'test/http/strings.test.ts',
	'test/http/console/{name-zone,reading-minutes,speak-times}.test.ts',
	'test/http/server/{describe-reply,page-names,write-csv}.test.ts',
	'test/http/webhooks/fetch-text.test.ts',
	'test/newsletters/{newsletter-input,patterns}.test.ts',
	'test/subscriptions/limit-signups.test.ts',
	'test/subscriptions/imports/reading/*.test.ts',
	'test/stories/{decide-after-poll,link-key,match-stories}.test.ts',
	'test/digests/{choose-for-profile,variant-key,watch-progress}.test.ts',
	'test/deliveries/{delivery-tokens,relay-pool,retry-policy}.test.ts',
	'test/deliveries/{lane,relays}/*.test.ts',
]

const servers = findServers()
if (servers.missing.length > 0) {
	console.warn(`Left out: the tests on PostgreSQL and Redis, for lack of ${servers.missing.join(' and ')}.`)
}

const filesOf = (patterns: string[]) =>
	new Set(globSync(patterns, { cwd: fileURLToPath(new URL('.', import.meta.url)) }))
const [both, none] = [filesOf(onBothParts), filesOf(onNone)]
const hasServers = servers.missing.length === 0
const onServersAlone = [...filesOf(onEitherParts)].filter((file) => !both.has(file) && !none.has(file))
// what these ask of a database, pages in a browser ask of it too: where everything runs, those ask the embedded one alone
const ofStaff = onServersAlone.filter((file) => /^test\/http\/(console|api)\//.test(file))
const inBrowser = 'test/browser/**/*.test.ts'

const embedded = {
	extends: true as const,
	test: {
		name: 'embedded',
		include: ['test/**/*.test.ts'],
		exclude: hasServers ? (process.env.EVERYTHING ? ofStaff : onServersAlone) : [],
		globalSetup: ['test/support/setup-embedded.ts'],
		provide: { parts: 'embedded' as const },
	},
}
const onServers = {
	extends: true as const,
	test: {
		name: 'servers',
		include: [...onBothParts, ...onEitherParts],
		exclude: process.env.EVERYTHING ? [...onNone, inBrowser] : onNone,
		globalSetup: ['test/support/setup-embedded.ts', 'test/support/setup-servers.ts'],
		provide: { parts: 'servers' as const },
	},
}

export default defineConfig({
	test: {
		testTimeout: 30_000,
		hookTimeout: 60_000,
		// a busy machine may take its time: what never comes fails all the same
		expect: { poll: { timeout: 20_000 } },
		env: {
			TMPDIR: findQuickFolder(),
			// compiled once for all: each file, and each process that a test starts, reads in the whole house
			NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)),
		},
		pool: 'forks',
		// each embedded database takes 100 MB beside the heap, for which V8 would look through the whole of the heap twice
		execArgv: ['--external-memory-accounted-in-global-limit'],
		// Node reads TypeScript itself, and keeps what it compiled; nothing is mocked
		experimental: { viteModuleRunner: false, nodeLoader: false },
		// a process reads the house in once, not for each file: what a module keeps, it keeps for the next file too
		isolate: false,
		// twice the usual two cores: there are always some that wait, for a server, a browser or a clock
		maxWorkers: 4,
		sequence: { sequencer: LongFirst },
		projects: servers.missing.length > 0 ? [embedded] : [embedded, onServers],
	},
})
