from fastapi import APIRouter
from kg_service.service.context import ServiceContext


def queries_router(context: ServiceContext) -> APIRouter:
    return APIRouter()
