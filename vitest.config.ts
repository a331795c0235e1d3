import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { findServers } from './test/support/find-servers.ts'
import { LongFirst } from './test/support/long-first.ts'

// what boots the whole app runs twice: on the embedded parts, and on PostgreSQL and Redis where they are installed
const withApp = [
	'test/flows/**/*.test.ts',
	'test/http/**/*.test.ts',
	'test/queues/**/*.test.ts',
	'test/newsletters/**/*.test.ts',
	'test/subscriptions/**/*.test.ts',
	'test/suppressions/**/*.test.ts',
	'test/stories/**/*.test.ts',
	'test/digests/**/*.test.ts',
	'test/deliveries/**/*.test.ts',
	'test/bounces/record*.test.ts',
	'test/inbound/**/*.test.ts',
	'test/audit/**/*.test.ts',
	'test/staff/**/*.test.ts',
	'test/chaos/**/*.test.ts',
]
// but for those among them that touch neither database nor queue
const withoutApp = [
	'test/http/strings.test.ts',
	'test/http/server/{describe-reply,page-names,write-csv}.test.ts',
	'test/http/webhooks/fetch-text.test.ts',
	'test/newsletters/{newsletter-input,patterns}.test.ts',
	'test/stories/{decide-after-poll,link-key,match-stories}.test.ts',
	'test/digests/watch-progress.test.ts',
	'test/deliveries/{delivery-tokens,relay,retry-policy}.test.ts',
]

const servers = findServers()
if (servers.missing.length > 0) {
	console.warn(`Left out: the tests on PostgreSQL and Redis, for lack of ${servers.missing.join(' and ')}.`)
}

const embedded = {
	extends: true as const,
	test: {
		name: 'embedded',
		include: ['test/**/*.test.ts'],
		globalSetup: ['test/support/setup-embedded.ts'],
		provide: { parts: 'embedded' as const },
	},
}
const onServers = {
	extends: true as const,
	test: {
		name: 'servers',
		include: withApp,
		exclude: withoutApp,
		globalSetup: ['test/support/setup-servers.ts'],
		provide: { parts: 'servers' as const },
	},
}

export default defineConfig({
	test: {
		testTimeout: 30_000,
		hookTimeout: 60_000,
		// a busy machine may take its time: what never comes fails all the same
		expect: { poll: { timeout: 20_000 } },
		// compiled once for all: each file, and each process that a test starts, reads in the whole house
		env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
		pool: 'forks',
		maxWorkers: 2,
		sequence: { sequencer: LongFirst },
		projects: servers.missing.length > 0 ? [embedded] : [embedded, onServers],
	},
})
