# Sourced by the image of postgres after core/sql/roles.sql, when it creates the database: gives each
# role the password of its own address.
for file in $ROLE_ADDRESSES; do
    address=$(cat "$file")
    person=${address#postgresql://}
    person=${person%%@*}
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
        --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
        --set "role=${person%%:*}" --set "password=${person#*:}" <<'SQL'
ALTER ROLE :"role" PASSWORD :'password';
SQL
done
