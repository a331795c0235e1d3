/** `name` is a path within the body: `texts.en.name`, `stories[].title`. */
export type FieldDescription = {
	name: string
	in: string
	type: string
	required: boolean
	description: string
	example: string
}

/** As much of JSON Schema as our own document holds. */
export type Schema = {
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
	/** Of a text that holds JSON. */
	contentSchema?: Schema
	description?: string
	examples?: unknown[]
	example?: unknown
	minimum?: number
	maximum?: number
	minLength?: number
	maxLength?: number
}

/** The schemas that `$ref` refers to, by name. */
export type Schemas = Record<string, Schema>

/** The fields of a schema and of what is within them, as one list. */
export function listFields(given: Schema, schemas: Schemas, prefix = '', depth = 0): FieldDescription[] {
	const schema = unwrap(given, schemas)
	if (depth > 6) return []
	if (schema.contentSchema) return listFields(schema.contentSchema, schemas, prefix, depth + 1)
	if (schema.items) return listFields(schema.items, schemas, `${prefix}[]`, depth + 1)
	if (schema.oneOf) return listAlternatives(schema.oneOf, schemas, prefix, depth)
	const fields = listProperties(schema, schemas, prefix, depth)
	if (typeof schema.additionalProperties !== 'object') return fields
	return [...fields, ...listFields(schema.additionalProperties, schemas, `${prefix}.*`, depth + 1)]
}

/** A property that looks like one before it, as the texts of each language do, only refers to that. */
function listProperties(schema: Schema, schemas: Schemas, prefix: string, depth: number): FieldDescription[] {
	const told = new Map<string, string>()
	return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
		const path = prefix ? `${prefix}.${name}` : name
		const field = describeField(path, property, schema.required?.includes(name) ?? false, schemas)
		const inner = listFields(property, schemas, path, depth + 1)
		const shape = JSON.stringify(property)
		const same = inner.length > 0 ? told.get(shape) : undefined
		if (same) return [{ ...field, description: `= ${same}` }]
		told.set(shape, path)
		return [field, ...inner]
	})
}

/** Fields of either of several shapes: those of the second that the first has already are not told twice. */
function listAlternatives(
	alternatives: Schema[],
	schemas: Schemas,
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

/** One field by itself. */
export function describeField(
	name: string,
	given: Schema,
	required: boolean,
	schemas: Schemas,
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
function unwrap(schema: Schema, schemas: Schemas): Schema {
	if (schema.$ref) return unwrap(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas)
	if (schema.allOf?.length === 1 && schema.allOf[0]) return unwrap(schema.allOf[0], schemas)
	const others = schema.anyOf?.filter(({ type }) => type !== 'null')
	if (others?.length !== 1 || !others[0]) return schema
	const inner = unwrap(others[0], schemas)
	return { ...inner, description: schema.description ?? inner.description }
}

function typeOf(given: Schema, schemas: Schemas): string {
	const nullable = given.anyOf?.some(({ type }) => type === 'null') ?? false
	const schema = unwrap(given, schemas)
	const types = [schema.type ?? (schema.properties ? 'object' : [])].flat()
	const plain = types.filter((type) => type !== 'null')
	const base = describeType(schema, plain, schemas)
	return nullable || plain.length < types.length ? `${base} | null` : base
}

function describeType(schema: Schema, types: string[], schemas: Schemas): string {
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
