"""Pages of schemes."""

from flask import Blueprint

blueprint = Blueprint("schemes", __name__)
