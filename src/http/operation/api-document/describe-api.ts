import {
	describeField,
	type FieldDescription,
	listFields,
	type Schema,
	type Schemas,
} from './describe-schema.ts'
import { exampleCall } from './example-call.ts'

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
	/** What the API key must be allowed to do; undefined where none is needed. */
	permission: string | undefined
	/** A call with curl. */
	example: string
	parameters: FieldDescription[]
	body: { types: string[]; required: boolean; fields: FieldDescription[] } | undefined
	answers: Array<{ status: string; description: string; contentType: string; fields: FieldDescription[] }>
}

// the parts of OpenAPI 3.1 that our document uses
type Content = Record<string, { schema?: Schema }>

type Operation = {
	tags?: string[]
	summary?: string
	description?: string
	security?: Array<Record<string, string[]>>
	parameters?: Array<{ name: string; in: string; required?: boolean; description?: string; schema?: Schema }>
	requestBody?: { required?: boolean; content: Content }
	responses: Record<string, { description: string; content?: Content }>
}

export type OpenApiDocument = {
	info: { title: string; version: string; description?: string }
	paths: Record<string, Record<string, Operation>>
	components?: { schemas?: Schemas }
}

/** Turns an OpenAPI document of ours into what a page can list without knowing JSON Schema. */
export function describeApi(document: OpenApiDocument, publicUrl: string): ApiDescription {
	const schemas = document.components?.schemas ?? {}
	const groups = new Map<string, OperationDescription[]>()
	for (const [path, operations] of Object.entries(document.paths)) {
		for (const [method, operation] of Object.entries(operations)) {
			const tag = operation.tags?.[0] ?? ''
			groups.set(tag, [
				...(groups.get(tag) ?? []),
				describeOperation({ method, path, operation }, schemas, publicUrl),
			])
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
	{ method, path, operation }: { method: string; path: string; operation: Operation },
	schemas: Schemas,
	publicUrl: string,
): OperationDescription {
	const { requestBody, parameters = [] } = operation
	const permission = operation.security?.[0]?.apiKey?.[0]
	const staff = permission !== undefined
	const [type = ''] = Object.keys(requestBody?.content ?? {})
	const body = requestBody && { type, schema: firstSchema(requestBody.content) }
	return {
		example: exampleCall({ method: method.toUpperCase(), path, staff, parameters, body }, schemas, publicUrl),
		id: toId(`${method} ${path}`),
		method: method.toUpperCase(),
		path,
		summary: operation.summary ?? '',
		description: operation.description ?? '',
		permission,
		parameters: parameters.map((parameter) => ({
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

function toId(text: string): string {
	return text
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-|-$/g, '')
}
