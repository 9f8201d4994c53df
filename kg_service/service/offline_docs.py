"""Pages that need scripts: GraphiQL, Swagger UI and ReDoc, all from files of installed packages."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg_service.errors import KgError
from kg_service.service.html import text
from kg_service.service.openapi import with_security

GRAPHIQL_AT = "/static/graphiql"
OWN_AT = "/static/kg"
_PACKAGE = "graphene_django_graphiql_static"
# the pages' own inline scripts and styles, and files of this host; nothing from elsewhere
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_WITH_SCRIPTS = ("/docs", "/redoc")


def offline_app(**settings: Any) -> FastAPI:
    """A FastAPI whose documentation pages load nothing from other hosts."""
    app: FastAPI = FastAPIOffline(
        docs_url="/docs",
        redoc_url="/redoc",
        static_url="/static/docs",
        swagger_ui_parameters={"validatorUrl": None, "tryItOutEnabled": True},
        **settings,
    )
    app.mount(GRAPHIQL_AT, StaticFiles(directory=graphiql_folder()), name="graphiql")
    app.mount(OWN_AT, StaticFiles(directory=Path(__file__).parent / "static"), name="kg")

    app.add_middleware(_DocsPolicy)
    described = app.openapi
    app.openapi = lambda: with_security(described())  # type: ignore[method-assign]
    return app


class _DocsPolicy:
    """Forbids the documentation pages, which are not ours, to load anything from elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Content-Security-Policy"] = _POLICY
            await send(message)

        is_page = scope["type"] == "http" and scope["path"].endswith(_WITH_SCRIPTS)
        await self._app(scope, receive, with_policy if is_page else send)


def graphiql_folder() -> Path:
    """Where GraphiQL's files lie: in a package made for Django, which is found but not imported."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise KgError(f"the package {_PACKAGE} is missing; install kg-service with what it needs")
    return Path(spec.origin).parent / "static" / _PACKAGE


def graphiql_page(root: str) -> HTMLResponse:
    """The GraphQL editor."""
    files = f"{text(root)}{GRAPHIQL_AT}"
    return HTMLResponse(
        f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphQL - kg-service</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{files}/graphiql.min.css">
<link rel="stylesheet" href="{text(root)}{OWN_AT}/graphiql.css">
</head>
<body>
<main id="editor" data-endpoint="{text(root)}/graphql">
<h1>GraphQL</h1>
<p>The editor needs JavaScript. Without it, send queries by POST to
<code>{text(root)}/graphql</code>; the schema is at
<a href="{text(root)}/schema.graphql">schema.graphql</a>.</p>
</main>
<script src="{files}/react.production.min.js"></script>
<script src="{files}/react-dom.production.min.js"></script>
<script src="{files}/graphiql.min.js"></script>
<script src="{text(root)}{OWN_AT}/graphiql.js"></script>
</body>
</html>
""",
        headers={"Content-Security-Policy": _POLICY},
    )
