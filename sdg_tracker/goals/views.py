"""Pages of goals."""

from flask import Blueprint

blueprint = Blueprint("goals", __name__)
