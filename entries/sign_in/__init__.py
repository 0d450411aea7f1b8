"""Members sign in with WESTER ID: OpenID Connect, authorization code with PKCE, one provider."""
