/** REST as a mirror of the router: the route of each procedure, and the OpenAPI document. */
export { type OpenApiDocument, openApiDocument } from "./rest/openapi-document.ts";
export { reasonsOf } from "./rest/common-reasons.ts";
export { pathParameters, type RestOperation, restOperations } from "./rest/operations.ts";
export { procedureSchemas } from "./rest/procedure-schemas.ts";
export { type ProcedurePath, REST_METHODS, type RestMethod, type RestRoute } from "./rest/route.ts";
export { REQUIRED_SCOPES, REST_ROOT, REST_ROUTES } from "./rest/routes.ts";
