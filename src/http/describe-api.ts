/** The API document as its readable page shows it: operations under headings, schemas as flat lists of fields. */
export type ApiDescription = {
	title: string
	version: string
	description: string
	groups: Array<{ tag: string; id: string; operations: OperationDescription[] }>
}

export type OperationDescription = {
	id: string
	method: string
	path: string
	summary: string
	description: string
	staff: boolean
	parameters: FieldDescription[]
	body: { types: string[]; required: boolean; fields: FieldDescription[] } | undefined
	answers: Array<{ status: string; description: string; contentType: string; fields: FieldDescription[] }>
}

/** `name` is a path within the body: `texts.en.name`, `stories[].title`. */
export type FieldDescription = {
	name: string
	in: string
	type: string
	required: boolean
	description: string
	example: string
}

// as much of OpenAPI 3.1 and JSON Schema as our own document holds
type Schema = {
	$ref?: string
	type?: string | string[]
	format?: string
	enum?: unknown[]
	const?: unknown
	properties?: Record<string, Schema>
	required?: string[]
	items?: Schema
	anyOf?: Schema[]
	oneOf?: Schema[]
	allOf?: Schema[]
	additionalProperties?: Schema | boolean
	description?: string
	examples?: unknown[]
	example?: unknown
	minimum?: number
	maximum?: number
	minLength?: number
	maxLength?: number
}

type Content = Record<string, { schema?: Schema }>

type Operation = {
	tags?: string[]
	summary?: string
	description?: string
	security?: unknown[]
	parameters?: Array<{ name: string; in: string; required?: boolean; description?: string; schema?: Schema }>
	requestBody?: { required?: boolean; content: Content }
	responses: Record<string, { description: string; content?: Content }>
}

export type OpenApiDocument = {
	info: { title: string; version: string; description?: string }
	paths: Record<string, Record<string, Operation>>
	components?: { schemas?: Record<string, Schema> }
}

/** Turns an OpenAPI document of ours into what a page can list without knowing JSON Schema. */
export function describeApi(document: OpenApiDocument): ApiDescription {
	const schemas = document.components?.schemas ?? {}
	const groups = new Map<string, OperationDescription[]>()
	for (const [path, operations] of Object.entries(document.paths)) {
		for (const [method, operation] of Object.entries(operations)) {
			const tag = operation.tags?.[0] ?? ''
			groups.set(tag, [...(groups.get(tag) ?? []), describeOperation(method, path, operation, schemas)])
		}
	}
	return {
		title: document.info.title,
		version: document.info.version,
		description: document.info.description ?? '',
		groups: [...groups].map(([tag, operations]) => ({ tag, id: toId(tag), operations })),
	}
}

function describeOperation(
	method: string,
	path: string,
	operation: Operation,
	schemas: Record<string, Schema>,
): OperationDescription {
	const { requestBody } = operation
	return {
		id: toId(`${method} ${path}`),
		method: method.toUpperCase(),
		path,
		summary: operation.summary ?? '',
		description: operation.description ?? '',
		staff: (operation.security ?? []).length > 0,
		parameters: (operation.parameters ?? []).map((parameter) => ({
			...describeField(parameter.name, parameter.schema ?? {}, parameter.required ?? false, schemas),
			...(parameter.description && { description: parameter.description }),
			in: parameter.in,
		})),
		body: requestBody && {
			types: Object.keys(requestBody.content),
			required: requestBody.required ?? false,
			fields: listFields(firstSchema(requestBody.content), schemas),
		},
		answers: Object.entries(operation.responses).map(([status, { description, content = {} }]) => ({
			status,
			description,
			contentType: Object.keys(content)[0] ?? '',
			fields: listFields(firstSchema(content), schemas),
		})),
	}
}

function firstSchema(content: Content): Schema {
	return Object.values(content)[0]?.schema ?? {}
}

function listFields(
	given: Schema,
	schemas: Record<string, Schema>,
	prefix = '',
	depth = 0,
): FieldDescription[] {
	const schema = unwrap(given, schemas)
	if (depth > 6) return []
	if (schema.items) return listFields(schema.items, schemas, `${prefix}[]`, depth + 1)
	if (schema.oneOf) return listAlternatives(schema.oneOf, schemas, prefix, depth)
	const fields = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
		const path = prefix ? `${prefix}.${name}` : name
		const required = schema.required?.includes(name) ?? false
		return [
			describeField(path, property, required, schemas),
			...listFields(property, schemas, path, depth + 1),
		]
	})
	if (typeof schema.additionalProperties !== 'object') return fields
	return [...fields, ...listFields(schema.additionalProperties, schemas, `${prefix}.*`, depth + 1)]
}

/** Fields of either of several shapes: those of the second that the first has already are not told twice. */
function listAlternatives(
	alternatives: Schema[],
	schemas: Record<string, Schema>,
	prefix: string,
	depth: number,
): FieldDescription[] {
	const fields = new Map<string, FieldDescription>()
	for (const alternative of alternatives) {
		for (const field of listFields(alternative, schemas, prefix, depth + 1)) {
			const known = fields.get(field.name)
			const type = known && known.type !== field.type ? `${known.type} | ${field.type}` : field.type
			fields.set(field.name, { ...(known ?? field), type })
		}
	}
	return [...fields.values()]
}

function describeField(
	name: string,
	given: Schema,
	required: boolean,
	schemas: Record<string, Schema>,
): FieldDescription {
	const schema = unwrap(given, schemas)
	const example = schema.examples?.[0] ?? schema.example
	return {
		name,
		in: '',
		type: typeOf(given, schemas),
		required,
		description: given.description ?? schema.description ?? '',
		example: example === undefined ? '' : JSON.stringify(example),
	}
}

/** What stands behind a reference, or beside `null`. */
function unwrap(schema: Schema, schemas: Record<string, Schema>): Schema {
	if (schema.$ref) return unwrap(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas)
	if (schema.allOf?.length === 1 && schema.allOf[0]) return unwrap(schema.allOf[0], schemas)
	const others = schema.anyOf?.filter(({ type }) => type !== 'null')
	if (others?.length !== 1 || !others[0]) return schema
	const inner = unwrap(others[0], schemas)
	return { ...inner, description: schema.description ?? inner.description }
}

function typeOf(given: Schema, schemas: Record<string, Schema>): string {
	const nullable = given.anyOf?.some(({ type }) => type === 'null') ?? false
	const schema = unwrap(given, schemas)
	const types = [schema.type ?? (schema.properties ? 'object' : [])].flat()
	const plain = types.filter((type) => type !== 'null')
	const base = describeType(schema, plain, schemas)
	return nullable || plain.length < types.length ? `${base} | null` : base
}

function describeType(schema: Schema, types: string[], schemas: Record<string, Schema>): string {
	if (schema.const !== undefined) return JSON.stringify(schema.const)
	if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
	const alternatives = schema.anyOf ?? schema.oneOf
	if (alternatives) return [...new Set(alternatives.map((each) => typeOf(each, schemas)))].join(' | ')
	if (schema.items) return `${typeOf(schema.items, schemas)}[]`
	const limits = describeLimits(schema)
	return [types.join(' | ') || 'any', schema.format && `(${schema.format})`, limits].filter(Boolean).join(' ')
}

function describeLimits({ minimum, maximum, maxLength }: Schema): string {
	const isSafeLimit = (limit: number | undefined) =>
		limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER
	if (isSafeLimit(minimum) && isSafeLimit(maximum)) return `${minimum}–${maximum}`
	if (isSafeLimit(minimum)) return `≥ ${minimum}`
	if (isSafeLimit(maximum)) return `≤ ${maximum}`
	return maxLength === undefined ? '' : `≤ ${maxLength}`
}

function toId(text: string): string {
	return text
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-|-$/g, '')
}
