import type { Schema, Schemas } from './describe-schema.ts'

export type ExampleOf = {
	method: string
	path: string
	staff: boolean
	parameters: ReadonlyArray<{ name: string; in: string; required?: boolean; schema?: Schema }>
	body: { type: string; schema: Schema } | undefined
}

const pathExamples: Readonly<Record<string, string>> = {
	slug: 'news',
	locale: 'en',
	id: '1',
	colour: '0b5cad',
	provider: 'postmark',
	token: 'TOKEN',
	publicId: 'PUBLIC_ID',
	digestId: '1',
}

/** A call of an operation with curl, as one types it; what is written in capitals is to be filled in. */
export function exampleCall(
	{ method, path, staff, parameters, body }: ExampleOf,
	schemas: Schemas,
	publicUrl: string,
): string {
	const address = path.replace(/\{(\w+)\}/g, (_, name: string) => pathExamples[name] ?? name.toUpperCase())
	const parts = [
		`curl ${method === 'GET' ? '' : `-X ${method} `}${quote(`${publicUrl}${address}`)}`,
		...(staff ? [`-H ${quote('Authorization: Bearer KEY')}`] : []),
		...parameters
			.filter((each) => each.in === 'header')
			.map(({ name, schema = {} }) => `-H ${quote(`${name}: ${plain(exampleOf(schema, schemas))}`)}`),
		...bodyOf(body, schemas),
	]
	return parts.join(' \\\n  ')
}

function bodyOf(body: ExampleOf['body'], schemas: Schemas): string[] {
	if (!body) return []
	const { type, schema } = body
	if (type === 'application/json') {
		const value = exampleOf(schema, schemas)
		return [`-H ${quote(`Content-Type: ${type}`)}`, `-d ${quote(JSON.stringify(value))}`]
	}
	if (type === '*/*') return ["-H 'Content-Type: application/octet-stream'", '--data-binary @FILE']
	const fields = Object.entries(resolve(schema, schemas).properties ?? {})
	const shown = fields.filter(([name, each]) => name in fieldExamples || ownExample(each) !== undefined)
	return shown.map(
		([name, each]) => `--data-urlencode ${quote(`${name}=${plain(fieldExample(name, each, schemas))}`)}`,
	)
}

// examples for fields whose schema has none
const fieldExamples: Readonly<Record<string, unknown>> = {
	email: 'ada@example.org',
	addresses: ['you@example.org'],
	locale: 'en',
	wording: 1,
	reason: 'asked for it again',
	comment: '',
	state: 'refused',
	storyIds: [1, 2],
	title: 'IVCO 2022 meets in Senegal',
}

function fieldExample(name: string, schema: Schema, schemas: Schemas): unknown {
	const own = ownExample(resolve(schema, schemas))
	return own ?? fieldExamples[name] ?? exampleOf(schema, schemas)
}

function ownExample({ examples, example, const: fixed, enum: choices }: Schema, orChoice = true): unknown {
	return examples?.[0] ?? example ?? (orChoice ? (fixed ?? choices?.[0]) : undefined)
}

/** A value that a schema takes: its own example, else the least of it. */
export function exampleOf(given: Schema, schemas: Schemas): unknown {
	const schema = resolve(given, schemas)
	const own = ownExample(schema)
	if (own !== undefined) return own
	const type = [schema.type ?? []].flat().find((each) => each !== 'null')
	if (schema.properties) return exampleObject(schema, schemas)
	if (type === 'array') return schema.items ? [exampleOf(schema.items, schemas)] : []
	if (type === 'integer' || type === 'number') return Math.max(1, schema.minimum ?? 1)
	if (type === 'boolean') return true
	return type === 'object' ? {} : 'text'
}

/** What an object needs, and what has an example; where it has neither, the first of its fields. */
function exampleObject(
	{ properties = {}, required = [] }: Schema,
	schemas: Schemas,
): Record<string, unknown> {
	const names = Object.keys(properties)
	const shown = names.filter(
		(name) =>
			required.includes(name) || ownExample(resolve(properties[name] ?? {}, schemas), false) !== undefined,
	)
	return Object.fromEntries(
		(shown.length > 0 ? shown : names.slice(0, 1)).map(
			(name) => [name, fieldExample(name, properties[name] ?? {}, schemas)] as const,
		),
	)
}

/** What stands behind a reference, or is the first of several shapes. */
function resolve(schema: Schema, schemas: Schemas): Schema {
	if (schema.$ref) return resolve(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas)
	const [inner] = (schema.allOf ?? schema.anyOf ?? schema.oneOf ?? []).filter(({ type }) => type !== 'null')
	return inner
		? { ...resolve(inner, schemas), ...(schema.examples && { examples: schema.examples }) }
		: schema
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** For a shell of POSIX. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
