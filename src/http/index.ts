export { createHttpApp, type HttpOptions } from './create-http-app.ts'
export { createOpenApiDocument } from './openapi-document.ts'
export { createRenderPage, type RenderPage } from './render-page.ts'
export { type Answer, defineRoute, type RequestContext, type Route } from './route.ts'
