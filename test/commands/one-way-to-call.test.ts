import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const places = [
	'README.md',
	'CHANGELOG.md',
	'.env.example',
	'docs/**/*.md',
	'src/strings/*/*.json',
	'emails/strings/*.json',
	'src/http/**/*.{eta,json}',
	'docker-compose.yml',
]

/** The commands under `envoi`, as src/commands names them. */
const commands =
	'serve|start|migrate|demo|newsletter|source|story|digest|key|bounce|dkim|relay|feed|resume|suppression|--[a-z]'
// “npx envoi …”, “envoi digest …” or “node src/main.ts …”, but for what is written in full
const otherForms = [
	/\bnpx envoi\b/,
	new RegExp(`(?<!npm run )\\benvoi\\s+(?:--\\s+)?(?:${commands})\\b`),
	/\bnpm run envoi\s+(?!-- )\S/,
	new RegExp(
		`(?<!--max-semi-space-size=4 )(?<!compose exec \\w+ node )(?<!\`)\\bsrc/main\\.ts\\s+(?:${commands})\\b`,
	),
]

const othersIn = (text: string) => otherForms.flatMap((form) => form.exec(text)?.[0] ?? [])

it('knows another form when it sees one', () => {
	for (const text of [
		'`envoi digest send news`',
		'« envoi serve »',
		'npx envoi --help',
		'envoi -- key create x',
		'npm run envoi digest list',
		'type node src/main.ts digest status',
	])
		expect([text, othersIn(text)]).toEqual([text, [expect.anything()]])
	for (const text of ['npm run envoi -- digest send news', '`story release` lets more in', 'npm start'])
		expect([text, othersIn(text)]).toEqual([text, []])
})

it('documentation, hints and pages call the command line in one way', () => {
	const files = globSync(places, { cwd: root })
	expect(files.length).toBeGreaterThan(30)
	const found = files.flatMap((file) =>
		readFileSync(`${root}/${file}`, 'utf8')
			.split('\n')
			.flatMap((line, at) => othersIn(line).map((form) => `${file}:${at + 1}: ${form}`)),
	)
	expect(found).toEqual([])
})
