import datetime

import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.sql_files import load_sql


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('must_change_password', models.BooleanField(db_comment='Somebody else chose the password: only its change is open until it is changed.', db_default=False, default=False, verbose_name='must change the password')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'staff account',
                'verbose_name_plural': 'staff accounts',
                'permissions': [('manage_staff', 'Can add staff users and give them roles')],
                'abstract': False,
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='DemoClock',
            fields=[
                ('id', models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('instant', models.DateTimeField()),
                ('set_at', models.DateTimeField()),
                ('runs', models.BooleanField(db_comment='False: it stands still at instant.', db_default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='democlock_only_one')],
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('worker', 'Worker'), ('beat', 'Beat')], max_length=10)),
                ('host', models.CharField(db_comment="The worker's machine; of beat that of the worker it reached.", max_length=255)),
                ('seen_at', models.DateTimeField(db_comment="By the database's own clock.")),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'host'), name='heartbeat_one_per_kind_and_host'), models.CheckConstraint(condition=models.Q(('kind__in', ('worker', 'beat'))), name='heartbeat_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=40, verbose_name='action')),
                ('subject', models.CharField(db_comment="What it is about, such as a campaign's code.", max_length=100, verbose_name='subject')),
                ('content', models.JSONField(db_comment='What is approved, for the eye to read.', verbose_name='content')),
                ('content_sha256', models.CharField(db_comment='Of the canonical JSON of content, lower-case hex.', max_length=64)),
                ('state', models.CharField(choices=[('open', 'open'), ('approved', 'approved'), ('refused', 'refused'), ('superseded', 'superseded')], db_default='open', max_length=10, verbose_name='state')),
                ('requested_by_name', models.CharField(blank=True, db_comment="The account's name when it asked; the database fills it in.", db_default='', max_length=150, verbose_name='requested by')),
                ('requested_os_user', models.CharField(blank=True, db_comment='Who typed the command, which only claims a name; empty for the web.', db_default='', max_length=100, verbose_name="requested by the machine's user")),
                ('requested_host', models.CharField(blank=True, db_comment='Of a command; empty for the web.', db_default='', max_length=255, verbose_name='requested on the machine')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('decided_by_name', models.CharField(blank=True, db_comment="The account's name when it decided; the database fills it in.", db_default='', max_length=150, verbose_name='decided by')),
                ('decided_os_user', models.CharField(blank=True, db_comment='Of a command; empty for the web.', db_default='', max_length=100, verbose_name="decided by the machine's user")),
                ('decided_host', models.CharField(blank=True, db_comment='Of a command; empty for the web.', db_default='', max_length=255, verbose_name='decided on the machine')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('refused_because', models.CharField(blank=True, db_comment='Of a refusal, for the person who asked; empty where they withdrew it.', db_default='', max_length=500, verbose_name='reason')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decided_approvals', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requested_approvals', to=settings.AUTH_USER_MODEL, verbose_name='requested by')),
            ],
            options={
                'verbose_name': 'approval',
                'verbose_name_plural': 'approvals',
                'permissions': [('decide_approval', 'Can approve or refuse what others ask for')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'approved')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'refused')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', True), ('state', 'superseded')), _connector='OR'), name='approval_open_or_ended'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='approval_by_another_person'), models.CheckConstraint(condition=models.Q(('content_sha256__regex', '^[0-9a-f]{64}$')), name='approval_hash_is_sha256'), models.CheckConstraint(condition=models.Q(('refused_because', ''), ('state', 'refused'), _connector='OR'), name='approval_reason_of_a_refusal'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('action', 'subject'), name='approval_one_open_per_subject')],
            },
        ),
        migrations.CreateModel(
            name='AuditRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('action', models.CharField(max_length=40, verbose_name='action')),
                ('subject', models.CharField(max_length=100, verbose_name='subject')),
                ('name', models.CharField(blank=True, db_comment='Of the account when it acted; empty without one.', db_default='', max_length=150, verbose_name='name')),
                ('os_user', models.CharField(blank=True, db_comment='Of a command; empty for the web.', db_default='', max_length=100, verbose_name='user of the machine')),
                ('host', models.CharField(blank=True, db_comment='Of a command; empty for the web.', db_default='', max_length=255, verbose_name='machine')),
                ('detail', models.JSONField(blank=True, default=dict, verbose_name='detail')),
                ('user', models.ForeignKey(blank=True, db_comment='Null where a command needs no account, and where nobody was signed in.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'audit record',
                'verbose_name_plural': 'audit records',
                'indexes': [models.Index(fields=['at', 'id'], name='auditrecord_at'), models.Index(fields=['name', 'at', 'id'], name='auditrecord_name_at'), models.Index(fields=['action', 'at', 'id'], name='auditrecord_action_at'), models.Index(fields=['subject', 'at', 'id'], name='auditrecord_subject_at'), django.contrib.postgres.indexes.GinIndex(fields=['detail'], name='auditrecord_detail_has', opclasses=['jsonb_path_ops'])],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('user__isnull', False), models.Q(('name', ''), _negated=True)), models.Q(('name', ''), ('user__isnull', True), models.Q(('os_user', ''), _negated=True)), models.Q(('action__in', ('staff.locked_out', 'staff.sign_in_failed')), ('host', ''), ('name', ''), ('os_user', ''), ('user__isnull', True)), _connector='OR'), name='auditrecord_names_a_user'), models.CheckConstraint(condition=models.Q(('at__range', (datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(3000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)))), name='auditrecord_at_an_instant')],
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('number', models.PositiveBigIntegerField(db_comment='Without gaps, from 1.', primary_key=True, serialize=False, verbose_name='number')),
                ('last_record', models.BigIntegerField(verbose_name='last record')),
                ('records', models.PositiveIntegerField(verbose_name='records')),
                ('hashes', models.BinaryField(db_comment='Of each record, by number: the number in 8 bytes, its SHA-256 in 32.')),
                ('previous_sha256', models.CharField(db_comment='chain_sha256 of the seal before; zeros for the first.', max_length=64, verbose_name='the seal before')),
                ('chain_sha256', models.CharField(db_comment='Of the canonical JSON of the other columns, with the SHA-256 of hashes.', max_length=64, verbose_name='SHA-256 of the seal')),
                ('sealed_at', models.DateTimeField(verbose_name='sealed at')),
            ],
            options={
                'verbose_name': 'seal of the audit',
                'verbose_name_plural': 'seals of the audit',
                'constraints': [models.CheckConstraint(condition=models.Q(('records__gte', 1), ('records', django.db.models.expressions.CombinedExpression(models.Func('hashes', function='octet_length'), '/', models.Value(40)))), name='auditseal_has_records'), models.CheckConstraint(condition=models.Q(('previous_sha256__regex', '^[0-9a-f]{64}$'), ('chain_sha256__regex', '^[0-9a-f]{64}$')), name='auditseal_hashes_are_sha256'), models.CheckConstraint(condition=models.Q(('sealed_at__range', (datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(3000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)))), name='auditseal_at_an_instant')],
            },
        ),
        migrations.CreateModel(
            name='AuditRemoval',
            fields=[
                ('record', models.BigIntegerField(primary_key=True, serialize=False)),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.approval')),
            ],
            options={
                'verbose_name': 'removal from the audit',
                'verbose_name_plural': 'removals from the audit',
            },
        ),
        migrations.CreateModel(
            name='SignInTries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.CharField(db_comment='Number of a known browser; empty: all unknown browsers.', max_length=32)),
                ('tries', models.SmallIntegerField(db_comment='Since the last sign-in or pause.')),
                ('tried_at', models.DateTimeField(db_comment='The last of them.')),
                ('paused_until', models.DateTimeField(db_comment='Exclusive. Nothing is tried before; null: never paused.', null=True)),
                ('user', models.ForeignKey(db_comment='Null: all names that belong to no account of staff.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'device'), name='signintries_one_per_account_and_browser', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='StaffSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('browser', models.CharField(db_comment='As the browser names itself; anybody can send it.', max_length=200, verbose_name='browser')),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='started at')),
                ('seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='last used at')),
                ('factor_at', models.DateTimeField(blank=True, db_comment='The last time. Null: the password only, which opens no page.', null=True, verbose_name='second factor given at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'indexes': [models.Index(fields=['user', 'started_at'], name='staffsession_of_user')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='staffsession_open_or_ended_by_a_person')],
            },
        ),
        load_sql('core', 'refuse', 'user_triggers', 'approval_triggers', 'auditrecord_triggers', 'auditseal_triggers', 'remove_look_ups'),
    ]
