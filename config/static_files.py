"""The storage of static files in production: compressed, under names that contain a hash."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """Replace the names in the imports of JavaScript modules as well."""

    support_js_module_import_aggregation = True
