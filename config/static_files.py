"""How static files are kept in production: compressed, under names that change with their bytes."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """Also inside scripts an import names the file that belongs to this very version."""

    support_js_module_import_aggregation = True
